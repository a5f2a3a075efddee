import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.regex.*;
import org.mustangproject.validator.ZUGFeRDValidator;

/** Reads paths and answers each with "valid|invalid TAB rules of errors TAB milliseconds". */
public class MustangJudge {
  static final Pattern RULE = Pattern.compile("<error[^>]*>[^<]*?\\[ID ([A-Za-z0-9-]+)\\]");

  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err); // what the libraries print must not be taken for an answer
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = questions.readLine()) != null; ) {
      long start = System.nanoTime();
      ZUGFeRDValidator validator = new ZUGFeRDValidator();
      String report = validator.validate(line);
      double milliseconds = (System.nanoTime() - start) / 1e6;
      Set<String> rules = new TreeSet<>();
      for (Matcher found = RULE.matcher(report); found.find(); ) rules.add(found.group(1));
      answers.println((validator.wasCompletelyValid() ? "valid" : "invalid") + "\t" + String.join(" ", rules) + "\t" + milliseconds);
      answers.flush();
    }
  }
}

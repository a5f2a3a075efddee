import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;

/** Reads "flavour TAB path" lines (3b, 3u, 3a, ua1) and answers each with "pass|fail|error TAB rules or reason". */
public class Judge {
  public static void main(String[] arguments) throws Exception {
    java.util.logging.LogManager.getLogManager().reset();
    VeraGreenfieldFoundryProvider.initialise();
    PrintStream answers = System.out;
    System.setOut(System.err); // what veraPDF prints must not be taken for an answer
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = questions.readLine()) != null; ) {
      String[] question = line.split("\t", 2);
      answers.println(answer(PDFAFlavour.byFlavourId(question[0]), new File(question[1])));
      answers.flush();
    }
  }

  static String answer(PDFAFlavour flavour, File file) {
    try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
      ValidationResult result = validator.validate(parser);
      Set<String> failed = new TreeSet<>();
      for (TestAssertion assertion : result.getTestAssertions())
        if (assertion.getStatus() == TestAssertion.Status.FAILED)
          failed.add(assertion.getRuleId().getClause() + "-t" + assertion.getRuleId().getTestNumber());
      return (result.isCompliant() ? "pass" : "fail") + "\t" + String.join(" ", failed);
    } catch (Throwable problem) {
      return "error\t" + problem.toString().replaceAll("\\s+", " ");
    }
  }
}

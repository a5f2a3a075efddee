import com.helger.diagnostics.error.IError;
import com.helger.diver.api.coord.DVRCoordinate;
import com.helger.phive.api.execute.ValidationExecutionManager;
import com.helger.phive.api.executorset.ValidationExecutorSetRegistry;
import com.helger.phive.api.result.ValidationResultList;
import com.helger.phive.api.validity.IValidityDeterminator;
import com.helger.phive.en16931.EN16931Validation;
import com.helger.phive.xml.source.IValidationSourceXML;
import com.helger.phive.xml.source.ValidationSourceXML;
import com.helger.phive.xrechnung.XRechnungValidation;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;

/** Reads paths and answers each with "valid|invalid TAB rules of errors TAB milliseconds". */
public class PhiveJudge {
  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err); // what the libraries print must not be taken for an answer
    var known = new ValidationExecutorSetRegistry<IValidationSourceXML>();
    EN16931Validation.initEN16931(known);
    XRechnungValidation.initXRechnung(known);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String path; (path = questions.readLine()) != null; ) {
      long start = System.nanoTime();
      Document document = factory.newDocumentBuilder().parse(new File(path));
      ValidationResultList found =
          ValidationExecutionManager.executeValidation(
              IValidityDeterminator.createDefault(), known.getOfID(setOf(document)), ValidationSourceXML.create(path, document));
      double milliseconds = (System.nanoTime() - start) / 1e6;
      Set<String> rules = new TreeSet<>();
      for (IError error : found.getAllErrors()) if (error.getErrorID() != null) rules.add(error.getErrorID());
      answers.println((found.containsNoError() ? "valid" : "invalid") + "\t" + String.join(" ", rules) + "\t" + milliseconds);
      answers.flush();
    }
  }

  /** phive wants to be told which rules; CVD has no set of its own. */
  static DVRCoordinate setOf(Document document) {
    String root = document.getDocumentElement().getLocalName();
    boolean extension = document.getDocumentElement().getTextContent().contains("#conformant#urn:xeinkauf.de:kosit:extension");
    if (root.equals("Invoice"))
      return extension
          ? XRechnungValidation.VID_XRECHNUNG_EXTENSION_UBL_INVOICE_302
          : XRechnungValidation.VID_XRECHNUNG_UBL_INVOICE_302;
    if (root.equals("CreditNote")) return XRechnungValidation.VID_XRECHNUNG_UBL_CREDITNOTE_302;
    return extension ? XRechnungValidation.VID_XRECHNUNG_EXTENSION_CII_302 : XRechnungValidation.VID_XRECHNUNG_CII_302;
  }
}

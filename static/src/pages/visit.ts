/** The page behind a QR: with JavaScript the stamp is taken at once, so that a scan is enough; without it, by the button. */
import { runForms } from "../lib/forms";

runForms();
document.querySelector<HTMLFormElement>("form[data-visit]")?.requestSubmit();

/** The script of every page without one of its own. */
import { runForms } from "../lib/forms";

runForms();

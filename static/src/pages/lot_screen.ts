/** The public lot on the hall's screen follows the stage. */
import { openChannel } from "../lib/live";
import { keepParts } from "../lib/parts";
import { screenToken } from "../lib/screen";
import { runTimers } from "../lib/timer";

const parts = keepParts();
const channel = openChannel({
  namespace: "/screen",
  channel: "stage",
  screen: { id: "lot", scene: "lot" },
  auth: { token: screenToken() },
  onDocument: (document) => parts.meet(document),
});
runTimers(channel.clock);

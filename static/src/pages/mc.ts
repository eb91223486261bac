/** The MC's script moves with the stage. */
import { openChannel } from "../lib/live";
import { keepParts } from "../lib/parts";
import { runTimers } from "../lib/timer";

const parts = keepParts();
const channel = openChannel({ namespace: "/crew", channel: "crew", screen: { id: "mc", scene: "mc" }, onDocument: (document) => parts.meet(document) });
runTimers(channel.clock);

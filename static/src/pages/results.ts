/** The public results draw themselves again as prizes are announced. */
import { openChannel } from "../lib/live";
import { keepParts } from "../lib/parts";

const parts = keepParts();
openChannel({ namespace: "/public", channel: "public", onDocument: (document) => parts.meet(document) });

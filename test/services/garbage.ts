import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Collects garbage now and again, as a busy process does, until the work is done. */
export async function whileGarbageIsCollected<R>(work: Promise<R>): Promise<R> {
  const collecting = setInterval(collect, 20);
  return work.finally(() => clearInterval(collecting));
}

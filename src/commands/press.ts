import type { Attachment } from "../services/attachment.ts";
import type { Services } from "../services/index.ts";
import type { JobOf, Request, View } from "./command.ts";
import type { Filled, Form } from "./form.ts";

/** A button was pressed under a job. The job is the stored one; it may be of yesterday, or of an earlier version. */
export interface Press<V = Record<string, unknown>> {
  job: JobOf<V>;
  arg?: string;
  /** The files on the pressed message, by addresses that work now. */
  attachments: readonly Attachment[];
  /** The language of the one who pressed. */
  locale: string;
}

/** What a press asks for of another command, by its name. */
export interface Elsewhere {
  command: string;
  options: Record<string, unknown>;
  about?: Request["about"];
}

/** What a press asks for. Who asks, where and when is the press's own. */
export type Wanted<V = Record<string, unknown>> =
  | (Pick<Request<V>, "options" | "conversation" | "lines" | "about"> & { command?: undefined })
  | Elsewhere;

interface Manner {
  /** Those who manage the server may press it, too. */
  managers?: true;
  /** For `run`: done once however often it is pressed. A press that is refused does not count. */
  once?: true;
}

/**
 * What a button does. `kind` is how its press is acknowledged. Only the asker may press, and where it says so those who
 * manage the server, too. Discord can bring one press twice: an update has to bear that, the others are then one job.
 */
export type Action<V = Record<string, unknown>> = Manner &
  /** Acts at once. A View that it resolves with is shown to the one who pressed alone. */
  (
    | { kind: "update"; act(press: Press<V>, services: Services): Promise<View | undefined> }
    /** A new job, under a message of its own. */
    | { kind: "run"; request(press: Press<V>): Wanted<V> }
    /** Opens a form, which Discord takes as a first response only; sent, it is a new job. */
    | { kind: "form"; form(press: Press<V>): Form; request(press: Press<V>, filled: Filled): Wanted<V> }
    /** Takes the whole answer away; done twice it is done once. */
    | { kind: "remove" }
    /** Brings the finished answer once more, to the one who pressed alone. */
    | { kind: "show" }
  );

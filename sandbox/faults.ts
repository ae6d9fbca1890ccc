/** What goes out in place of an answer's body, piece by piece. Where it throws, the connection is cut. */
export type Sends = (body: Buffer) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What goes wrong with one request. */
export interface Fault {
  /** HTTP method; any, if left out. */
  method?: string;
  /** The request's path: exactly this text, or what matches. */
  path: string | RegExp;
  /** Only requests that carry files. */
  files?: boolean;
  /** How many matching requests are left alone first; default 0. */
  skip?: number;
  /** How many requests it hits; default 1. */
  times?: number;
  /** Waits before anything else happens. */
  delayMs?: number;
  /** Answers this instead of serving the request; the request has no effect. */
  status?: number;
  body?: unknown;
  /** The answer's, in place of its own; undefined takes one away. */
  headers?: Record<string, string | undefined>;
  /** Does this to the body, whoever wrote it; `bodies.ts` has some. */
  sends?: Sends;
  /** What `Content-Length` says of a body of so many bytes. It is not said where `sends` stands alone. */
  declares?: (bytes: number) => number;
  /** Cuts the connection: before the request had any effect, or after it had its effect but before the answer. */
  reset?: "before" | "after";
}

export interface Faults {
  /** Switches a fault on. It is used up by the requests that it hits. */
  add(fault: Fault): void;
  /** The fault that this request meets, if any; counts it. */
  take(method: string, path: string, contentType?: string): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let faults: (Fault & { skip: number; times: number })[] = [];
  const matches = (fault: Fault, method: string, path: string, contentType: string) =>
    (!fault.method || fault.method === method) &&
    (!fault.files || contentType.startsWith("multipart/form-data")) &&
    (typeof fault.path === "string" ? fault.path === path : fault.path.test(path));

  return {
    add: (fault) => faults.push({ skip: 0, times: 1, ...fault }),
    take(method, path, contentType = "") {
      for (const fault of faults.filter((each) => matches(each, method, path, contentType))) {
        if (fault.skip-- > 0) continue;
        fault.times -= 1;
        faults = faults.filter((each) => each.times > 0);
        return fault;
      }
      return undefined;
    },
    clear: () => void (faults = []),
  };
}

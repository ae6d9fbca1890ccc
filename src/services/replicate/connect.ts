import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { Problem } from "../problem.ts";
import { isPublicAddress } from "./public-address.ts";

export interface ConnectOptions {
  /** May be at any address, private ones too. */
  trusted: boolean;
  /** Which bytes are asked for, as HTTP writes it: `bytes=0-99`. */
  range?: string;
  signal: AbortSignal;
}

/** Sends a GET and resolves with the answer once its headers are there; redirects are not followed. */
export type Connect = (url: URL, options: ConnectOptions) => Promise<IncomingMessage>;

/** All addresses of a host. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const refused = () => new Problem({ kind: "output-refused" });

/**
 * Connects to public addresses only. The check is in the connection's own lookup: what was checked is what is connected
 * to, so a host that answers differently the next time (DNS rebinding) gains nothing by it.
 */
export function createConnect(
  resolve: Resolve = (host) => lookup(host, { all: true }),
  isPublic = isPublicAddress,
): Connect {
  async function publicAddresses(host: string): Promise<[LookupAddress, ...LookupAddress[]]> {
    const [first, ...others] = await resolve(host);
    // One private address among public ones is reason enough: Node tries them in turn.
    if (!first || ![first, ...others].every(({ address }) => isPublic(address))) throw refused();
    return [first, ...others];
  }

  const find = callbackify(publicAddresses);
  const guarded: LookupFunction = (host, { all }, done) =>
    find(host, (error, addresses) => {
      if (error) done(error, "");
      else if (all) done(null, addresses);
      else done(null, addresses[0].address, addresses[0].family);
    });

  return (url, { trusted, range, signal }) =>
    new Promise((answer, fail) => {
      const host = url.hostname.replace(/^\[|\]$/g, "");
      // Nothing is looked up for an address written as numbers.
      if (!trusted && isIP(host) && !isPublic(host)) throw refused();
      const { request } = url.protocol === "https:" ? https : http;
      request(url, {
        signal,
        // A connection of its own: none that was made without the check is used again.
        agent: false,
        headers: { "user-agent": "Replicord", "accept-encoding": "identity", ...(range ? { range } : {}) },
        ...(trusted ? {} : { lookup: guarded }),
      })
        .on("response", answer)
        .on("error", fail)
        .end();
    });
}

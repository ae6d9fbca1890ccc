import type { DiscordStandIn } from "../../../sandbox/discord/index.ts";
import type { Exchange } from "../../../sandbox/discord/person.ts";

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON; undefined where there is none. */
  body: Record<string, unknown> | undefined;
}

export interface FilePart {
  name: string;
  data: Uint8Array<ArrayBuffer>;
  type?: string;
}

/** Speaks REST by hand, for what a well-behaved client never sends. */
export function wire(discord: DiscordStandIn) {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    files: FilePart[] = [],
  ): Promise<Answer> => {
    const headers: Record<string, string> = { authorization: `Bot ${discord.token}` };
    const form = new FormData();
    if (files.length > 0) {
      files.forEach(({ name, data, type = "" }, index) =>
        form.append(`files[${index}]`, new Blob([data], { type }), name),
      );
      form.append("payload_json", JSON.stringify(body ?? {}));
    } else if (body !== undefined) headers["content-type"] = "application/json";
    const response = await fetch(`${discord.apiUrl}/v10${path}`, {
      method,
      headers,
      ...(files.length > 0 ? { body: form } : body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? (JSON.parse(text) as Record<string, unknown>) : undefined,
    };
  };
  return {
    call,
    callback: ({ id, token }: Exchange, body: unknown, files?: FilePart[]) =>
      call("POST", `/interactions/${id}/${token}/callback?with_response=true`, body, files),
    followUp: ({ token }: Exchange, body: unknown, files?: FilePart[]) =>
      call("POST", `/webhooks/${discord.applicationId}/${token}?wait=true`, body, files),
    edit: ({ token }: Exchange, body: unknown, files?: FilePart[], message = "@original") =>
      call("PATCH", `/webhooks/${discord.applicationId}/${token}/messages/${message}`, body, files),
    message: ({ token }: Exchange, method: "GET" | "DELETE", message = "@original") =>
      call(method, `/webhooks/${discord.applicationId}/${token}/messages/${message}`),
    send: (body: unknown, files?: FilePart[], channel = discord.channelId) =>
      call("POST", `/channels/${channel}/messages`, body, files),
    register: (commands: unknown[]) =>
      call("PUT", `/applications/${discord.applicationId}/commands`, commands),
  };
}

export const code = ({ body, status }: Answer) => [status, body?.["code"]];

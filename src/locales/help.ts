/** What `/help` says, in English. */
export const help = {
  help: {
    heading: "**What you can do here**",
    command: (name: string, what: string, example?: string) =>
      `**/${name}** · ${what}${example === undefined ? "" : `\n-# ${example}`}`,
    menu: (name: string, on: "message" | "user") =>
      on === "message"
        ? `**${name}** · in the _Apps_ menu of a message with a file`
        : `**${name}** · in the _Apps_ menu of a person`,
    aFile: "(your file)",
    try: (name: string) => `Try /${name}`,
    tryIt: "A press runs the example, for you alone and at its usual price",
  },
};

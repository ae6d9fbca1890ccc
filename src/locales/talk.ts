/** What is said around a conversation. */
export const talk = {
  reply: "Reply",
  regenerate: "Regenerate",
  newTopic: "New topic",
  replyForm: { title: "Reply", prompt: "What you want to say next" },
  turnsBefore: (turns: number) => `${turns} earlier ${turns === 1 ? "turn" : "turns"} in mind`,
  nothingInMind: "what was said before is forgotten",
  newTopicBegun: "Forgotten. What you ask here next begins a new topic.",
  answeredInstead: (blind: string, seeing: string) => `${blind} does not see pictures; ${seeing} answered`,
};

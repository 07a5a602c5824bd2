/** What people write in the demo's script. */

/** Second thoughts on a message. */
export const correctedTexts: readonly ((text: string) => string)[] = [
  (text) => `${text} (typo fixed)`,
  (text) => `${text} (bring the key)`,
  (text) => `Forget the last one. ${text}`,
  (text) => `${text} (please answer today)`,
  (text) => `${text} (or half an hour later)`,
  (text) => `Again, for all: ${text}`,
];

export const newTopics: readonly string[] = [
  "Read the pinned message first",
  "Planning only, chatter next door",
  "Week 12: who is there, who is not",
  "Quiet until Monday",
  "Questions welcome",
  "Everything about Saturday",
  "New time: half past six",
];

export const newDescriptions: readonly string[] = [
  "Ask before you invite somebody.",
  "Files live in the shared folder; here we talk.",
  "Decisions get the tag 'decided', or they were none.",
];

/** Typed in a hurry, without an answer. */
export const newMessages: readonly string[] = [
  "Is anybody there?",
  "My connection comes and goes",
  "Sending this from the train",
  "I write it down here before I forget it",
  "Two more things for the list",
  "Got it, thanks",
  "Can you see my messages?",
  "Tunnel again, back in a minute",
  "I will read the rest tonight",
  "Yes to both",
  "No hurry",
  "Photo follows when I have a signal",
  "Who has the key?",
  "I am outside",
  "Never mind, found it",
  "Let us talk tomorrow",
];

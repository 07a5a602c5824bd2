/**
 * What the generated chat is about: rooms, and the conversations that could take place in them.
 *
 * A conversation is a list of lines in order, each said by somebody else than the one before. `{word}` stands for one of the room's
 * words of that name, the same throughout the conversation; `{day}`, `{time}`, `{number}` and `{person}` are known in every room.
 */

export interface RoomPlot {
  readonly name: string;
  readonly topic: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly files: readonly string[];
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly conversations: readonly (readonly string[])[];
}

export const days: readonly string[] = [
  "today",
  "tomorrow",
  "on Monday",
  "on Tuesday",
  "on Wednesday",
  "on Thursday",
  "on Friday",
  "on Saturday",
];

export const times: readonly string[] = [
  "7:30",
  "8",
  "9:15",
  "10",
  "half past 11",
  "noon",
  "2",
  "3:45",
  "5",
  "6",
  "half past 6",
  "8 in the evening",
];

/** Could be said in any room. */
export const smallTalk: readonly (readonly string[])[] = [
  ["Running about {number} minutes late, start without me", "No worries, the others are late too", "Take your time"],
  ["Does anybody have {person}'s number?", "Sent it to you directly", "Thanks!"],
  ["Can we move it to {time}?", "Fine with me", "Also fine", "Then {time} it is"],
  ["Who is in {day}?", "Me", "Me too, but only until {time}", "Not me, sorry, visitors"],
  ["Did {person} ever answer?", "Not to me", "Yes, this morning: all good", "Phew"],
  ["Happy birthday {person}!", "Happy birthday!!", "All the best, and save us some cake"],
  ["My phone died, what did I miss?", "About {number} messages and no decision", "So nothing new"],
  ["I made a list, please put your name down", "Done", "Done, twice by accident", "I took one of them out"],
  ["Sorry, wrong room", "We have all been there"],
  ["Thanks everybody, that was lovely", "It was! Again {day}?", "Ha, give me a week"],
];

export const rooms: readonly RoomPlot[] = [
  {
    name: "climbing",
    topic: "Who climbs when",
    description: "Hall evenings and the odd trip to real rock.",
    tags: ["gear", "trip", "hall", "beginners"],
    files: ["topo-north-face.pdf", "harness.jpg", "car-list.csv"],
    words: {
      place: ["the old quarry", "the north hall", "Falcon Rock", "the boulder shed", "the river crag"],
      gear: ["the 60 m rope", "two harnesses", "the brush set", "my spare shoes", "twelve quickdraws"],
      route: ["Blue Moon", "the long corner", "Banana Split", "Teacher's Pet", "the yellow one by the window"],
    },
    conversations: [
      [
        "Anybody up for {place} {day}?",
        "Yes! I can be there at {time}",
        "Same, and I bring {gear}",
        "Great, then I only need to bring snacks",
      ],
      ["Finally got up {route}", "No way, all of it?", "With two rests and a lot of swearing", "Still counts"],
      ["Who has {gear}?", "{person} took it home last time", "It is in my boot, I bring it {day}"],
      [
        "They reset the wall at {place}",
        "Is {route} gone?",
        "Gone. The new one in its place is harder",
        "I am not ready to talk about it",
      ],
      [
        "Forecast for {day} says rain from {time}",
        "{place} dries quickly",
        "Let us decide in the morning",
        "Hall as plan B then",
      ],
      [
        "Can I bring a friend who has never climbed?",
        "Of course, I can belay",
        "There are loan harnesses for {number} euros",
      ],
    ],
  },
  {
    name: "kitchen",
    topic: "The new kitchen",
    description: "Everything about the renovation at number 14, second floor.",
    tags: ["quote", "decided", "todo", "measure"],
    files: ["floor-plan-v3.pdf", "quote-worktop.pdf", "tiles.jpg", "leak.jpg"],
    words: {
      part: ["the worktop", "the tiles", "the sink", "the oven", "the extractor hood", "the floor"],
      firm: ["the carpenter", "the plumber", "the electrician", "the tiler", "the shop"],
      colour: ["sage green", "off-white", "that dark blue", "plain oak", "terracotta"],
    },
    conversations: [
      ["{firm} can come {day} at {time}", "I can be in the flat then", "Thank you, I am stuck at work"],
      ["So, {colour} for {part}?", "I slept on it: yes", "I slept on it too: no", "We have until {day} to decide"],
      [
        "The quote for {part} is in, {number} hundred more than we thought",
        "Does that include fitting?",
        "It does not even include delivery",
        "Then let us ask {person} for the other firm",
      ],
      [
        "Please measure again before we order {part}",
        "242 cm, I measured twice",
        "I get 239",
        "The wall is not straight, take 238",
      ],
      ["Water is off until {time}", "Again?", "{firm} found the leak, it is behind {part}", "At least it is found"],
      [
        "{part} arrived with a scratch",
        "Take a picture before you sign",
        "Did that, they send a new one in {number} days",
      ],
    ],
  },
  {
    name: "book-club",
    topic: "One book a month",
    description: "Last Thursday of the month, tea and strong opinions.",
    tags: ["next-book", "spoiler", "quote", "library"],
    files: ["questions.md", "shortlist.csv", "cover.jpg"],
    words: {
      book: [
        "the lighthouse one",
        "the Norwegian one",
        "the thick one",
        "the essays",
        "the ghost story",
        "the one with the whale",
      ],
      who: ["the narrator", "the sister", "the postman", "the captain", "the aunt"],
    },
    conversations: [
      [
        "How far is everybody with {book}?",
        "Page {number}, please no spoilers",
        "Finished it on the train",
        "I have it. That is all I can say",
      ],
      ["I do not trust {who}", "Nobody does until chapter {number}", "And then?", "Read on!"],
      ["The library has two copies of {book}", "I reserved one", "Can I have it after you?", "Sure, I am done {day}"],
      ["What do we read next?", "My vote is {book}", "Mine too, if it is under 300 pages", "It is 298"],
      ["Where do we meet {day}?", "At {person}'s, {time}", "I bring scones", "Then I bring my opinion about {who}"],
    ],
  },
  {
    name: "release",
    topic: "Getting 4.2 out of the door",
    description: "Blockers, builds and the one test that fails on Tuesdays.",
    tags: ["blocker", "needs-review", "shipped", "flaky", "docs"],
    files: ["changelog-draft.md", "trace.json", "crash.log", "checklist.csv"],
    words: {
      part: ["the importer", "the login page", "the search index", "the mobile build", "the billing job", "the export"],
      what: ["a race", "a missing index", "a time zone", "an off-by-one", "a stale cache", "a typo in the config"],
    },
    conversations: [
      [
        "{part} is red again",
        "Since when?",
        "Since {time}, looks like {what}",
        "Of course it is {what}",
        "Fix is up for review",
      ],
      [
        "Can somebody look at my change to {part}?",
        "On it after lunch",
        "Two small remarks, otherwise good to go",
        "Fixed both, merging",
      ],
      ["Do we ship {day}?", "If {part} holds until {time}", "Staging looks fine here", "Then yes"],
      [
        "Support has {number} tickets about {part}",
        "All the same?",
        "All the same: {what}",
        "I write the note for the changelog",
      ],
      ["Who knows how {part} works?", "{person} wrote it", "{person} says: nobody knows", "It has good tests at least"],
      [
        "Rolled back {part}",
        "Thanks. What was it?",
        "{what}, only with more than {number} users at once",
        "I add a test for that",
      ],
    ],
  },
  {
    name: "class-4b",
    topic: "Parents of 4b",
    description: "Trips, cake sale, lost jackets. Please no voice messages.",
    tags: ["trip", "cake-sale", "lost", "homework"],
    files: ["consent-form.pdf", "timetable.png", "jacket.jpg"],
    words: {
      item: ["a blue jacket", "a lunch box", "one rubber boot", "a recorder", "gym shoes, size 34", "a maths book"],
      event: ["the museum trip", "the cake sale", "the swimming day", "the concert", "parents' evening"],
      food: ["lemon cake", "muffins", "something without nuts", "a fruit platter", "cheese sticks"],
    },
    conversations: [
      ["Has anybody seen {item}?", "There is one at the caretaker's", "That is ours, thank you!!"],
      ["When does {event} start?", "{day} at {time}", "The letter says something else", "The letter is from last year"],
      ["Who brings what to {event}?", "I make {food}", "So do I", "Then I bring napkins"],
      ["What was the homework?", "Page {number}, the upper half", "Ours says the lower half", "They will live"],
      ["We need {number} more helpers for {event}", "I can do the morning", "Me from {time}", "Thank you both!"],
    ],
  },
  {
    name: "garden",
    topic: "Allotment 27",
    description: "Watering rota, harvest, and the fight against the snails.",
    tags: ["watering", "harvest", "snails", "swap"],
    files: ["rota.csv", "bed-plan.png", "mystery-beetle.jpg"],
    words: {
      plant: ["the tomatoes", "the courgettes", "the beans", "the strawberries", "the kale", "the roses"],
      tool: ["the wheelbarrow", "the long hose", "the good spade", "the ladder"],
    },
    conversations: [
      ["Who waters {day}?", "Me, before {time}", "Please do not forget {plant}", "I never forget {plant}"],
      ["{plant} are ready!", "How many?", "About {number} kilos, bring bags", "I swap two jars of jam for some"],
      ["Something eats {plant}", "Snails?", "No, it has six legs, see picture", "That one is harmless, {person} says"],
      ["Where is {tool}?", "Behind the shed", "Behind whose shed?", "Ours. Under the other things"],
      ["Frost tonight, cover {plant} please", "Did it at {time}", "You are a hero"],
    ],
  },
  {
    name: "band",
    topic: "Rehearsals and the gig",
    description: "Three chords, four people, one amplifier that hums.",
    tags: ["setlist", "gig", "gear", "recording"],
    files: ["take-7.mp3", "setlist.txt", "stage-plan.pdf"],
    words: {
      song: ["the slow one", "Harbour Lights", "the new one", "Paper Boats", "the cover"],
      gear: ["the bass amp", "the snare", "the long cable", "the second microphone", "the pedal board"],
    },
    conversations: [
      ["Rehearsal {day} at {time}?", "Works", "Works if we start with {song}", "We always start with {song}"],
      ["{gear} hums again", "Did you try the other socket?", "I tried all the sockets", "Then I bring mine"],
      [
        "Listened to the take of {song}",
        "And?",
        "The middle drags, the rest is the best we have done",
        "I said the middle drags!",
      ],
      ["We have {number} minutes on stage", "Without {song} then", "Over my dead body", "Fine, we drop the encore"],
      [
        "{person} can do the sound {day}",
        "The real {person}?",
        "The one and only",
        "Then bring {gear}, theirs is better",
      ],
    ],
  },
  {
    name: "lunch",
    topic: "Where do we eat",
    description: "Decisions by noon, please.",
    tags: ["veggie", "new-place", "delivery"],
    files: ["menu.pdf", "receipt.jpg"],
    words: {
      place: ["the noodle place", "the canteen", "the falafel truck", "the bakery", "the pub", "Chez Rita"],
      dish: ["the soup", "number {number}", "dumplings", "the risotto", "the daily special"],
    },
    conversations: [
      ["{place} at noon?", "I was there yesterday", "And you will be there today", "Fine, but I have {dish}"],
      ["{place} is closed until {day}", "Nooo", "Then the canteen", "There is always bread"],
      [
        "Ordering at {time}, who wants what?",
        "{dish} please",
        "Same, extra chilli",
        "{dish}, and {person} wants one too",
      ],
      ["Who paid for me {day}?", "I did, {number} euros", "Sent, thanks"],
      ["Review of {dish}: do not", "That bad?", "I have eaten at {place} for years and I am moving away"],
    ],
  },
  {
    name: "running",
    topic: "Ten kilometres, eventually",
    description: "Slow group and very slow group.",
    tags: ["race", "slow-group", "route"],
    files: ["route-river.gpx", "plan-week-6.pdf"],
    words: {
      route: ["the river loop", "the hill", "the park, three times", "the canal", "the track"],
      ache: ["knee", "calf", "left foot", "motivation"],
    },
    conversations: [
      ["{route} {day}, {time}?", "In", "In, but slowly", "Slowly is the only way I know"],
      ["My {ache} is not what it was", "Rest it for {number} days", "That is what {person} said as well"],
      ["{number} kilometres without walking!", "Hero!", "Next week two more", "Let us not get carried away"],
      ["Shall we sign up for the race?", "I have, number {number}", "You have WHAT", "There is a discount until {day}"],
      ["{route} is flooded", "All of it?", "Up to the bench", "Then {route} backwards, and turn round at the bench"],
    ],
  },
  {
    name: "house",
    topic: "Number 14, all floors",
    description: "Bins, bikes, heating, parcels.",
    tags: ["heating", "parcel", "bins", "bikes", "landlord"],
    files: ["letter-landlord.pdf", "meter.jpg", "bike-shed.png"],
    words: {
      thing: ["the heating", "the front door", "the lift", "the light on the stairs", "the bike shed"],
      floor: ["first", "second", "third", "top"],
    },
    conversations: [
      ["{thing} is broken again", "Since {time}, I called already", "They come {day}", "Thank you for calling"],
      [
        "There is a parcel for the {floor} floor at mine",
        "That is me, I come down at {time}",
        "Ring twice, the bell is shy",
      ],
      ["Whose bike blocks {thing}?", "The red one? {person}'s", "Moved it, sorry"],
      ["Bins go out {day}", "I did it last week", "I do it, {number} minutes and it is done", "Legend"],
      [
        "Did the {floor} floor get the landlord's letter?",
        "Yes, {number} euros more",
        "We should answer together",
        "I draft something about {thing}",
      ],
    ],
  },
  {
    name: "support",
    topic: "Customers first",
    description: "Hand-overs between shifts. Put the ticket number in.",
    tags: ["urgent", "waiting", "solved", "refund"],
    files: ["screenshot.png", "export.csv", "answer-template.md"],
    words: {
      ticket: ["#4117", "#4203", "#4220", "#4251", "#4266", "#4312"],
      issue: [
        "cannot log in",
        "was charged twice",
        "lost a draft",
        "gets no mail",
        "wants an invoice",
        "cannot upload pictures",
      ],
    },
    conversations: [
      ["{ticket}: customer {issue}", "Had that one {day}, clearing the session helps", "It helped, closing"],
      [
        "Who has {ticket}?",
        "Me, waiting for their answer",
        "They answered at {time}, it is still open for me",
        "Looking now",
      ],
      [
        "{number} people {issue} since {time}",
        "That smells like the release",
        "I tell the others",
        "Rolled back, please check",
        "Gone",
      ],
      ["Handing over: {ticket} is urgent, the rest can wait", "Got it", "Have a nice evening"],
      ["{ticket} wrote a thank-you note", "Frame it", "Already on the wall"],
    ],
  },
  {
    name: "trip",
    topic: "Four days by the sea",
    description: "House, cars, food, and who sleeps where.",
    tags: ["car", "food", "house", "decided"],
    files: ["booking.pdf", "packing-list.md", "beach.jpg"],
    words: {
      stop: ["the lighthouse", "the market", "the dunes", "the island", "the bakery in the village"],
      item: ["the big tent", "a guitar", "the coffee maker", "sun cream", "board games", "the cool box"],
    },
    conversations: [
      ["I have three seats free, leaving {day} at {time}", "One for me please", "Two for us", "Full then"],
      ["Who packs {item}?", "I do", "And I pack {item} too, one always breaks", "Fair"],
      ["Shall we go to {stop} {day}?", "Only if there is ice cream", "There is, I checked", "I am in"],
      ["The house has {number} beds", "And how many are we?", "One more than that", "{person} sleeps in the hammock"],
      ["Paid the deposit, {number} euros each please", "Sent", "Sent", "Who is missing?", "{person}, as always"],
    ],
  },
];

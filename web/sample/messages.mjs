// Short customer messages for the samples; any class without its own gets a general one.

const kByClass = {
  card: ["my card still hasnt arrived, ordered it on the 3rd", "The chip does not work any more in any shop, only contactless does.", "Can I get a second card for my wife on the same account?"],
  fraud: ["There are two payments of 480 on my statement that I did not make. I was at work in Lodz that day, please block everything!", "someone called and said they are from your security team, i gave the code from the sms", "I see a hotel in a city where I have never been."],
  loan: ["what rate would I get for 15000 over five years", "I want to pay back the loan early, is there a fee?", "Mortgage offer ends Friday and nobody has called me back, this is the third time I write."],
  transfer: ["Sent money to my sister on Monday and it is still not there", "I typed one digit of the IBAN wrong, can you stop the transfer", "Standing order went out twice this month."],
  fees: ["Why 12.50 for a letter I never asked for?", "Where do I see what the account costs a year", "you charged me for using the machine of your own branch"],
  app: ["App closes as soon as I open the camera for the document", "new phone, cannot log in, the old one is broken", "Face recognition stopped after the update."],
  account: ["How do I change the address, I moved to Porto", "Please close the savings account of my late father, I have the papers.", "joint account, what do we need to bring"],
};
const kGeneral = ["Good morning, I have waited eleven days for an answer and I still do not know who looks after this.", "could you tell me when this will be done? thank you", "It says “declined” but the money is gone from the balance, which of the two is true?", "Hello, the same as last week please."];

export function messageFor(name, random) {
  const own = kByClass[name] ?? kGeneral;
  return own[Math.floor(random() * own.length)];
}

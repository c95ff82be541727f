// Names for classes and kinds of labeling functions in the samples.

export const kSmallClasses = ["card", "fraud", "loan", "transfer", "fees", "app", "account", "other"];

export const kProducts = ["card", "loan", "transfer", "account", "mortgage", "savings", "app", "cash_machine", "exchange", "insurance", "direct_debit", "pension", "broker", "overdraft", "business_card", "leasing", "deposit_box", "cheque", "payroll", "trust", "terminal", "gift_card", "student_account", "tax", "fund"];

export const kMatters = ["arrival", "fee", "declined", "lost", "change_of_details", "not_recognised", "closing", "limit", "delay", "refund", "opening", "rate", "statement", "access", "complaint", "transfer_in", "verification", "renewal", "documents", "other"];

export const kKinds = ["any", "match", "any", "all_of", "any", "where", "match", "any", "column"];

const kTerms = ["stolen", "not me", "did not make", "swallowed", "charged twice", "still waiting", "cannot log in", "interest", "repay", "IBAN", "standing order", "annual fee", "update", "new phone", "address"];

export function definitionOf(kind, target, random) {
  const term = () => kTerms[Math.floor(random() * kTerms.length)];
  if (kind === "match") return `match: '\\b(${term()}|${term()})\\b.{0,40}\\b\\d{2,4}\\b'`;
  if (kind === "where") return "where: {field: amount, above: 10000}";
  if (kind === "all_of") return `all_of: [{any: [${term()}, ${term()}, ${term()}]}, {none: [${term()}, insurance, “thank you for your help”]}, {where: {words_of: body, below: 60}}]`;
  if (kind === "column") return "column: previous_system_label";
  return `any: [${term()}, ${term()}, ${term()}]`;
}

"""Who is told what: subscribers, cases, mails, the outbox's delivery. Judges nothing."""

"""Reports on their way to a centre: an outbox, tries, receipts; and a small receiver to try it with."""

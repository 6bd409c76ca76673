"""How well real documents and mails are read: measured against what people read in them."""

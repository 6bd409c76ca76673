"""What a document says of itself: number and symbol, header, subject, signer, recipients."""

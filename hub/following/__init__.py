"""What happens to a document after it left: answers, notices to people, due dates, bounces."""

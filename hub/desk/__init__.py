"""The desk: what people decide. ``hub.desk.commands`` names every command."""

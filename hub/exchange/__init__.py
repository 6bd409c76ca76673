"""Exchange with other organisations' document systems, by edXML through a gateway's folders."""

# Written by vanthu serve. Documents of the hub have a folder of their own; a delivery that the
# hub repeats after a crash is recognised by the key that stands in its first header.
require ["fileinto", "mailbox", "envelope", "subaddress", "duplicate", "variables", "index"];

if header :index 1 :matches "X-Vanthu-Key" "*" {
  if duplicate :uniqueid "$${1}" {
    discard;
    stop;
  }
}
if envelope :detail "to" "$detail" {
  fileinto :create "$documents";
  stop;
}

"""Receipt printers that speak ESC/POS, as the one who is printed on: pure, from bytes to lines."""

"""Pages of A4 to print in true size: the test card, and the drilling template of a panel."""

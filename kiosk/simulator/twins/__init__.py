"""Any configuration on simulated devices, with the real drivers on top of them: see README.md."""

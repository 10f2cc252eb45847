"""Tests of the installer that need no system of their own."""

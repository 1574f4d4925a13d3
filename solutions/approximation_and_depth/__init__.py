"""Unit 2: approximation and depth."""

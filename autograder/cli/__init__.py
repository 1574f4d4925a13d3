"""The command `fdl`: the only place that prints, asks and exits."""

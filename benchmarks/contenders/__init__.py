"""Those who are measured against each other, each in a process of its own."""

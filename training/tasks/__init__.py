"""What is trained: one module a kind of task, and the table of sprint tasks."""

"""What every trainer runs on: the loop, schedules, moving averages, augmentation, sprints."""

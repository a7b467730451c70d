"""Pictures that are made from other pictures: backgrounds, composites, phone views, cloth and dye."""

"""The page. Gradio only: talks to ``fashion_core`` by its public names, holds no tensor and no maths."""

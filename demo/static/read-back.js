(answer, shown) => answer?.recipe === shown.recipe ? {...shown, ...answer} : shown

"""Every error that a user can cause. The message says what was given and what would be right."""


class ToileError(Exception):
    """Base of all errors whose message may be shown to a user as it is."""


class ImageError(ToileError):
    """The input is not a picture that can be read: wrong format, damaged, too small or too large."""


class BoxError(ToileError):
    """A box in which a garment was said to be is empty, or lies outside the picture."""


class MaskError(ToileError):
    """A mask that does not fit its picture, or has nothing of the garment in it."""


class RecipeError(ToileError):
    """The text is not a recipe, is damaged, or was written for other weights."""


class LookBookError(ToileError):
    """The file is no look book, is damaged, or has too many designs."""


class UsageError(ToileError):
    """A command was asked for what it does not do."""


class WishError(ToileError):
    """A wish names an attribute or a value that the generator does not know."""


class ClothError(ToileError):
    """A cloth names a kind, family or colour that there is not, or a number is out of its range."""


class DeviceError(ToileError):
    """There is no such device on this machine."""


class CheckpointError(ToileError):
    """A checkpoint is missing, incomplete or does not match its checksum."""

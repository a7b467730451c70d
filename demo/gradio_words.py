"""Our words in place of those that Gradio looks up for its own controls, in any of its languages."""

from __future__ import annotations

import gradio as gr

from demo.wording import DROP

#: Languages that Gradio speaks. The page is in English, so all of it is.
LANGUAGES = (
    *(
        "ar",
        "ca",
        "ckb",
        "de",
        "en",
        "es",
        "et",
        "eu",
        "fa",
        "fi",
        "fr",
        "he",
        "hi",
        "id",
        "ja",
        "ko",
    ),
    *("lt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sv", "ta", "th", "tr", "uk", "ur", "uz"),
    *("zh-CN", "zh-TW"),
)
#: Its keys, flat: so they go before its own, which are nested.
WORDS = {
    # The name of the drop area for those who hear the page: the words that others see there.
    "image.drop_to_upload": DROP.replace("# ", "").replace("\n", " "),
    "image.allow_webcam_access": "Allow the camera beside the address, then try again.",
    "image.no_webcam_support": (
        "This browser gives no camera to a page without https. Choose a file, or open the page by https."
    ),
    "audio.waiting": "Waiting",
    "blocks.waiting_for_inputs": "Your photo is still on its way. Please try again in a moment.",
    "blocks.lost_connection": "The connection was lost and is being mended.",
    "blocks.connection_can_break": (
        "A phone may cut the connection while another page is open. Stay here until it is done."
    ),
    "blocks.long_requests_queue": "Many are asking at once. Yours is waiting.",
    "common.error": "Something went wrong",
    "common.loading": "Loading",
    "common.no_devices": "No camera was found.",
    "common.remove": "Remove",
    "upload_text.paste_clipboard": "Press here to paste a photo",
    "upload_text.drop_image": "Drop a photo here",
    "upload_text.click_to_upload": "Choose a file",
}
I18N = gr.I18n(**dict.fromkeys(LANGUAGES, WORDS))

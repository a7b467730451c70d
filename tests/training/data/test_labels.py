from __future__ import annotations

from training.data.labels import encode_labels, merge_labels, read_clean_labels
from training.data.shop import read_rows


def test_zeros_in_a_group_mean_not_labelled(drawn_zip):
    rows = read_rows(drawn_zip)
    assert "sleeve_length" not in rows[0].labels
    assert encode_labels([rows[0].labels], "sleeve_length", ("half", "long"))[0] == -1


def test_clean_labels_replace_the_shops_and_question_marks_say_nothing(drawn_zip, tmp_path):
    rows = read_rows(drawn_zip)
    path = tmp_path / "clean.csv"
    header = "image,source,sample,pattern,sleeve,length,neckline,colour,note\n"
    path.write_text(
        header
        + f"{rows[1].image},dresses,random,lace,?,knee,v,blue,\n"
        + f"{rows[2].image},dresses,random,lace,long,knee,v,blue,notdress\n"
        + "x.jpg,photos,dev,lace,long,knee,v,blue,\n"
    )
    clean = read_clean_labels(path, "dresses")
    labels, is_clean = merge_labels(rows, clean)
    assert labels[1]["pattern"] == "lace"
    assert "sleeve_length" not in labels[1]
    assert "pattern" not in labels[2]
    assert labels[3]["pattern"] == "stripes"
    assert is_clean.sum() == 2


def test_a_file_may_lack_what_was_not_annotated_yet(tmp_path):
    path = tmp_path / "clean.csv"
    path.write_text("image,source,sample,pattern,note\na.jpg,dresses,random,lace,\n")
    assert read_clean_labels(path, "dresses") == {"a.jpg": {"pattern": "lace", "sample": "random"}}

"""Caffe's prototxt files: layers that read and make blobs by their names, as the net is tested or deployed.

V1's `layers` with types in capitals are read too. BatchNorm and the Scale after it are one batchnorm. Losses
and what only they read, as labels, are left out; so are SSD's boxes and what is made of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.dialects.caffe.fields import OF_LAYERS, tell_wrong_fields, tell_wrong_phases
from cnn_shapes.language.dialects.caffe.inputs import DATA, is_included, read_inputs
from cnn_shapes.language.dialects.caffe.layers import LAYERS
from cnn_shapes.language.dialects.caffe.prototxt import Malformed, Message, parsed
from cnn_shapes.language.dialects.caffe.so_far import FIELD_NAMES, SPELL, Blob, BlobsSoFar, LayerText
from cnn_shapes.language.dialects.writing import Given, SpecWriter, told
from cnn_shapes.language.reading.wording import MISSING_FIELD, UNKNOWN_KEY, WRONG_INPUTS
from cnn_shapes.language.spec import Overrides
from cnn_shapes.source import YAML_SYNTAX, Source, Span
from cnn_shapes.source.flow_style import quoted
from cnn_shapes.source.translated import TranslatedSource

# which no layer that is read needs: what they compare or draw is made already
_LEFT_OUT = (
    *(
        "Accuracy",
        "SoftmaxWithLoss",
        "EuclideanLoss",
        "SigmoidCrossEntropyLoss",
        "ContrastiveLoss",
        "HingeLoss",
    ),
    *("InfogainLoss", "MultinomialLogisticLoss", "SmoothL1Loss", "MultiBoxLoss", "Silence", "HDF5Output"),
    *("PriorBox", "DetectionOutput", "DetectionEvaluate", "ArgMax", "Softmax_Loss", "SoftmaxLoss"),
)
# of Caffe and its best known forks, which the language has not
_NOT_SAID = (
    *("Bias", "Embed", "Filter", "Im2col", "BatchReindex", "Reduction", "SPP", "Tile", "RNN", "LSTM"),
    *("Recurrent", "ROIPooling", "PSROIPooling", "Proposal", "Parameter", "Local", "Resize"),
)
# the words of V1, whose layers are `layers`
_OF_V1 = {
    "CONVOLUTION": "Convolution",
    "DECONVOLUTION": "Deconvolution",
    "POOLING": "Pooling",
    "INNER_PRODUCT": "InnerProduct",
    "RELU": "ReLU",
    "LRN": "LRN",
    "TANH": "TanH",
    "MVN": "MVN",
    "BNLL": "BNLL",
    "ABSVAL": "AbsVal",
    "EXP": "Exp",
    "ELTWISE": "Eltwise",
    "HDF5_OUTPUT": "HDF5Output",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "EUCLIDEAN_LOSS": "EuclideanLoss",
    "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss",
    "CONTRASTIVE_LOSS": "ContrastiveLoss",
    "HINGE_LOSS": "HingeLoss",
    "INFOGAIN_LOSS": "InfogainLoss",
    "MULTINOMIAL_LOGISTIC_LOSS": "MultinomialLogisticLoss",
    **{
        word.upper(): word
        for word in ("Accuracy", "ArgMax", "Concat", "Dropout", "Flatten", "Power", "Sigmoid")
    },
    **{word.upper(): word for word in ("Silence", "Slice", "Softmax", "Split", "Threshold")},
}
_AT_TOP = (
    "name",
    "layer",
    "layers",
    "input",
    "input_dim",
    "input_shape",
    "force_backward",
    "state",
    "debug_info",
)


def translate(source: Source, overrides: Overrides) -> TranslatedSource:
    """The spec of a prototxt. What cannot be read is told at its place."""
    writer = SpecWriter(source, SPELL, FIELD_NAMES)
    try:
        root = parsed(source)
    except Malformed as error:
        writer.tell(YAML_SYNTAX, error.template, error.place, **error.facts)
        return writer.finished()
    here = BlobsSoFar(source, writer)
    for word, place, _ in root.fields:
        if word not in _AT_TOP:
            near = closest(word, _AT_TOP)
            template = "unknown field {word} of the net" + (": did you mean {near}?" if near else "")
            writer.tell(UNKNOWN_KEY, template, place, word=word, near=near or "")
    texts = root.messages("layer") or root.messages("layers")
    if not texts:
        writer.tell(MISSING_FIELD, "the net has no layer: this is not a prototxt of a net", Span(0, 0))
        return writer.finished()
    if root.text("name"):
        writer.line(f"name: {quoted(root.text('name'))}")
    if not read_inputs(here, root, texts, overrides):
        return writer.finished()
    writer.line("layout: channels_first")
    writer.line("rounding: floor")
    writer.line("layers:")
    for text in texts:
        tell_wrong_phases(writer, text)
    _read_layers(here, [_layer(text) for text in texts if is_included(text)])
    outputs = [name for name in here.made if name not in here.read]
    if not here.made:
        writer.line("  - identity")
    elif outputs != [here.previous]:
        writer.top("outputs", [told(name) for name in outputs])
    return writer.finished()


def _layer(message: Message) -> LayerText:
    word = message.text("type")
    type_name = _OF_V1.get(word, word)
    known = LAYERS.get(type_name)
    return LayerText(message, type_name, known.params if known else "", known.known if known else "")


def _read_layers(here: BlobsSoFar, layers: Sequence[LayerText]) -> None:
    scales, makers = _scales(layers), dict[str, LayerText]()
    merged = {id(scale) for scale in scales.values()}
    for layer in layers:
        known = LAYERS.get(layer.type)
        if (layer.type in DATA and not layer.bottoms) or id(layer) in merged:
            continue
        _tell_made_again(here, layer, makers)
        if layer.type in _LEFT_OUT or _reads_what_is_left_out(here, layer):
            here.writer.line(f"  # {quoted(layer.name)} ({layer.type}) is left out: it makes no feature map")
            for top in layer.tops:
                if top.text not in [bottom.text for bottom in layer.bottoms]:
                    here.blobs[top.text] = Blob(None, None)
            continue
        if known is None:
            _refuse(here, layer)
            continue
        _tell_wrong_fields(here, layer)
        if id(layer) in scales:
            _normalized(here, layer, scales[id(layer)])
        else:
            known.make(here, layer)


def _tell_wrong_fields(here: BlobsSoFar, layer: LayerText) -> None:
    tell_wrong_fields(here.writer, layer.message, layer.type, layer.params_word, layer.known)


def _tell_made_again(here: BlobsSoFar, layer: LayerText, makers: dict[str, LayerText]) -> None:
    """Report a blob that another layer makes already, unless this one works in place."""
    for place, top in enumerate(layer.tops):
        if layer.bottoms[place : place + 1] and layer.bottoms[place].text == top.text:
            continue
        other = makers.setdefault(top.text, layer)
        if other is not layer:
            template = "the blob {blob} is made by {other} on line {line} already: another needs another name"
            facts = {"other": other.name, "line": here.source.position(other.place.start)[0]}
            here.writer.tell(WRONG_INPUTS, template, top.place, blob=top.text, **facts)


def _reads_what_is_left_out(here: BlobsSoFar, layer: LayerText) -> bool:
    blobs = [here.blobs.get(bottom.text) for bottom in layer.bottoms]
    return any(blob is not None and blob.entry is None for blob in blobs)


def _refuse(here: BlobsSoFar, layer: LayerText) -> None:
    if not layer.type:
        words = [word for word, _, _ in layer.message.fields]
        near = closest("type", [word for word in words if word not in OF_LAYERS])
        template = 'a layer needs its type, as in type: "Convolution"'
        if near:
            template = "unknown field {near} of a layer: did you mean type?"
        place = next((place for word, place, _ in layer.message.fields if word == near), layer.place)
        here.writer.tell(UNKNOWN_KEY if near else MISSING_FIELD, template, place, near=near or "")
        here.broken(layer)
        return
    if layer.type in _NOT_SAID:
        here.refuse(layer, "{type} cannot be said in the language", type=layer.type)
        return
    if layer.type == "Python":
        here.refuse(layer, "a Python layer cannot be said in the language: what it makes is in its code")
        return
    near = closest(layer.type, [*LAYERS, *_LEFT_OUT])
    template = "{type} is not a type of layer that is known" + (": did you mean {near}?" if near else "")
    here.refuse(layer, template, type=layer.type or "nothing", near=near or "")


def _scales(layers: Sequence[LayerText]) -> dict[int, LayerText]:
    """By the identity of each BatchNorm the Scale that alone reads what it makes: the two are one norm."""
    found = {}
    for place, norm in enumerate(layers):
        if norm.type != "BatchNorm" or len(norm.tops) != 1:
            continue
        blob = norm.tops[0].text
        readers = []
        for layer in layers[place + 1 :]:
            if blob in [bottom.text for bottom in layer.bottoms]:
                readers.append(layer)
            if blob in [top.text for top in layer.tops]:
                break
        if len(readers) == 1 and readers[0].type == "Scale" and len(readers[0].bottoms) == 1:
            found[id(norm)] = readers[0]
    return found


def _normalized(here: BlobsSoFar, norm: LayerText, scale: LayerText) -> None:
    """A BatchNorm with the Scale after it."""
    _tell_wrong_fields(here, scale)
    found = here.bottoms(norm, 1)
    if found is None:
        here.broken(norm)
        return
    fields: dict[str, Given] = {}
    if not here.is_true(scale.params, "bias_term", False):
        fields["center"] = told(False)
    name = here.writer.name_for(norm.name)
    here.entry("batchnorm", norm, name, fields, [here.source_of(norm.bottoms[0])])
    here.make(norm, name, found[0].shape)
    here.make(scale, name, found[0].shape)

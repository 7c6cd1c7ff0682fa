"""The rules of reading: what each means, as `cnn-shapes explain` prints it. Others raise them.

By its name, each is written like the docstring of a design rule.
"""

READING_DOCS: dict[str, str] = {
    "bad-expression": """\
An expression that cannot be read or has no value.

Why: Expressions are written bare: `filters: 4*c`. They know numbers, the names of params, and the arithmetic
of Python without attributes and calls other than `min max ceil floor round divisible ceil_to log2 len`. An
attribute, a division by zero or an open parenthesis ends here.

Source: the section on expressions in specs/README.md; https://docs.python.org/3/reference/expressions.html.

Bad:
```yaml
input: [28, 28, 1]
params: {width: 2}
layers:
  - conv: {filters: 16*width, kernel_size: width.value}
```

Good:
```yaml
input: [28, 28, 1]
params: {width: 2}
layers:
  - conv: {filters: 16*width, kernel_size: width + 1}
```
""",
    "bad-value": """\
A value that this field cannot have.

Why: Sizes are whole numbers from 1 up to 2**31-1, lists have one number per spatial axis, words are those
that the field knows. The message says what was expected and what was found.

Source: the table of kinds and fields in specs/README.md; PyTorch and Keras refuse such values when the
network first runs.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 0}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
""",
    "duplicate-key": """\
One thing is said twice in the same place.

Why: YAML readers keep the last of two equal keys without a word, so that the first one seems to hold and
does not. Two names of one field (`filters` and `out_channels`) are the same key.

Source: YAML 1.2.2, section 3.2.1.3: keys are unique; https://github.com/yaml/pyyaml/issues/165 asks PyYAML
to say so.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, out_channels: 64}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
""",
    "duplicate-name": """\
A name that is taken already.

Why: A `from` would not know which of the two layers it means. Names are unique in their list of layers;
blocks cannot be called as a layer kind is.

Source: Keras refuses it too: https://github.com/keras-team/keras/issues/5540 ("All layer names should be
unique").

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu, name: features}
  - maxpool: {kernel_size: 2, name: features}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu, name: features}
  - maxpool: {kernel_size: 2, name: pool}
```
""",
    "internal-fault": """\
A fault of cnn-shapes itself over this file.

Why: Nothing is known of the file then, so the run fails with exit code 2, whatever is configured. The other
files are checked and told as ever. The message says where the fault is: report it, with the file.

Source: PEP 20, "Errors should never pass silently" (https://peps.python.org/pep-0020/).
""",
    "limit-exceeded": """\
The spec asks for more than the limits allow.

Why: A few lines of YAML can unfold into more layers than any computer holds, by repeats of repeats or
aliases of aliases. At most 100,000 layers, 1,000,000 places read and 100 levels of nesting are followed, so
that a check always ends.

Source: https://en.wikipedia.org/wiki/Billion_laughs_attack.

Bad:
```yaml
input: [28, 28, 8]
layers:
  - repeat: {times: 200000, layers: [dropout: 0.1]}
```

Good:
```yaml
input: [28, 28, 8]
layers:
  - repeat: {times: 2, layers: [dropout: 0.1]}
```
""",
    "missing-field": """\
Something that must be there is not.

Why: A spec needs `input` and `layers`, a convolution its `filters`, a pool its `kernel_size`, a join its
inputs. No number is guessed in their place.

Source: the table of kinds and fields in specs/README.md.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {kernel_size: 5}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
""",
    "recursive-block": """\
A block calls itself, directly or through another one.

Why: It would unfold without end. `repeat` does a thing several times.

Source: the section on structure in specs/README.md.

Bad:
```yaml
input: [28, 28, 8]
blocks:
  Again:
    layers:
      - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu}
      - Again
layers:
  - Again
```

Good:
```yaml
input: [28, 28, 8]
blocks:
  Again:
    layers:
      - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu}
layers:
  - repeat: {times: 3, layers: [Again]}
```
""",
    "unknown-key": """\
A key that means nothing here.

Why: A misspelt key that is passed over is a setting that silently does not hold. So every key must be
known, and the nearest known one is offered. Arguments of PyTorch and Keras that change no shape (`eps`,
`momentum`, `inplace`), or that follow from the input (`num_features`), are refused too: leave them out.

Source: https://github.com/keras-team/keras-applications/issues/63 shows what an argument that does nothing
costs its users.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel-size: 5}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
""",
    "unknown-layer": """\
No layer, structure or block has this name.

Why: Kinds are lower case (`conv`, `maxpool`); class names of PyTorch and Keras that mean the same are read
as they are (`Conv2d`, `MaxPooling2D`); names of your own blocks begin with a capital. Where a framework's
class means something else, the message says what to write. `cnn-shapes explain layers` lists the kinds.

Source: torch.nn (https://docs.pytorch.org/docs/stable/nn.html) and keras.layers
(https://keras.io/api/layers/).

Bad:
```yaml
input: [28, 28, 1]
layers:
  - convolution: {filters: 32, kernel_size: 5}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
""",
    "unknown-name": """\
A name that cannot be seen from there.

Why: A `from` or `outputs` names a layer, an expression a param. A layer sees the names before it
in its own list and around that list; nothing inside a block, branch or structure is seen from outside. A
layer without a written name has none that can be used.

Source: the section on scope in specs/README.md.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 1, kernel_size: 3, padding: half, activation: relu, name: features}
  - add: [input, featuers]
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 1, kernel_size: 3, padding: half, activation: relu, name: features}
  - add: [input, features]
```
""",
    "unreadable-file": """\
A file or folder cannot be opened.

Why: The path is misspelt, the file is gone, or its permissions keep it closed. The other files are still
checked, and the exit code is 2: what could not be read was not checked. There is no YAML to show: the file
never came to be read.

Source: the operating system's own reason follows the path (POSIX, errno.h).
""",
    "unreadable-model": """\
A model cannot be imported, constructed or run.

Why: The interpreter has neither PyTorch nor Keras, the name is misspelt, the constructor wants arguments
(`--arg classes=10`), the input has no sizes (`--input 3x224x224`), or the code raises, reads values of
tensors that have none, or does not end. What was not run was not checked: the exit code is 2. There is no
YAML to show: the model is code.

Source: the message tells what the code, PyTorch or Keras said, at its line.
""",
    "unsupported-layer": """\
A model, or a file of another tool, has a layer that the language has not.

Why: A layer that cannot be read is named, with its place, and is never guessed: what depends on it is not
checked. There is no YAML to show. In a spec of one's own, `custom` states what such a layer gives.

Source: the table of kinds and fields in specs/README.md.
""",
    "unregistered-module": """\
A model runs a module that it does not know of, so that its parameters are never learned.

Why: `model.parameters()` lists the parameters of submodules alone: modules that are attributes of a module,
or are in an nn.ModuleList, nn.ModuleDict or nn.Sequential. One in a plain list, or made in `forward`, runs,
but an optimizer does not get its weights, `model.to(device)` does not move them, and they are not saved.
There is no YAML to show: the model is code.

Source: https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html.
""",
    "yaml-syntax": """\
The text is not YAML, or not UTF-8.

Why: A spec is one YAML document in UTF-8. Reading stops where the text can be followed no further:
indentation that mixes tabs and spaces, a bracket that is not closed, a colon without its space, tags that
would build Python objects, a second document.

Source: YAML 1.2.2 (https://yaml.org/spec/1.2.2/); https://github.com/yaml/pyyaml/issues/321 on why tags are
not followed.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5
  - relu
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
  - relu
```
""",
}

# about the comments that silence other rules
SUPPRESSION_DOCS: dict[str, str] = {
    "bad-suppression": """\
A comment that should silence a rule names no rule, or one that does not exist.

Why: A misspelt name silences nothing, and a comment without a name would silence also what nobody has seen
yet. So each comment names its rules: `# cnn-shapes: ignore[rule, rule] reason` on the line or above it,
`# cnn-shapes: ignore-file[rule] reason` for the file. Errors of reading cannot be silenced.

Source: https://docs.astral.sh/ruff/rules/blanket-noqa/ and https://docs.astral.sh/ruff/rules/invalid-rule-code/.

Bad:
```yaml
input: [27, 27, 1]
layers:
  - conv: {filters: 32, kernel_size: 4, activation: relu}
  - maxpool: 2  # cnn-shapes: ignore
```

Good:
```yaml
input: [27, 27, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: {kernel_size: 2, rounding: floor}  # cnn-shapes: ignore[pixels-dropped] as published
```
""",
    "unused-suppression": """\
A comment silences a rule that finds nothing there.

Why: Such a comment says that something is odd where nothing is, and would hide the next finding of that rule
at this place. Nothing is reported where `--input` or `--set` try other values, or where an error keeps rules
from looking.

Source: https://docs.astral.sh/ruff/rules/unused-noqa/, and `--report-unused-disable-directives` of ESLint.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: 2  # cnn-shapes: ignore[pixels-dropped] as published
```

Good:
```yaml
input: [27, 27, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: {kernel_size: 2, rounding: floor}  # cnn-shapes: ignore[pixels-dropped] as published
```
""",
}

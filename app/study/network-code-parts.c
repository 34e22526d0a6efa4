/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a program says in either language: where its records come from, its constants, the learning rate's schedule, and
 * how records are read.
 */
#include "app/study/network-code-private.h"

#include <math.h>

static void
append_left_out (const AnmCode *self,
                 GString *text,
                 const char *library)
{
  if (self->left_out->len > 0)
    g_string_append_printf (text, "#\n# Not in %s:\n", library);
  for (guint i = 0; i < self->left_out->len; i++)
    g_string_append_printf (text, "# - %s\n", (const char *) g_ptr_array_index (self->left_out, i));
}

void
_anm_code_append_head (AnmCode *self,
                       GString *text,
                       const char *library,
                       const char *layout)
{
  g_autofree char *network = anm_network_spec_to_text (self->spec);

  g_string_append_printf (text,
                          "# %s: %s\n"
                          "#\n"
                          "# Its records, made ready as the network sees them:\n"
                          "#   anamnesis-cli export --study FILE --run ID --records --output records.csv\n",
                          library, network);
  if (!self->written_out)
    g_string_append_printf (text,
                            "# and, to go on from a run's weights instead of new ones (--epoch 0: those it began with):\n"
                            "#   anamnesis-cli export --study FILE --run ID --layout %s --output weights.safetensors\n"
                            "# Then: python THIS.py records.csv [weights.safetensors]\n", layout);
  else
    g_string_append (text,
                     "# Then: python THIS.py records.csv\n"
                     "# Weights aren't exported for the layers that are written out here.\n");
  append_left_out (self, text, library);
}

static void
append_constant (GString *text,
                 const char *name,
                 double value,
                 const char *comment)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, "%s = %s%s\n", name, _anm_code_number (buffer, value), comment);
}

void
_anm_code_append_constants (const AnmCode *self,
                            GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;

  g_string_append_c (text, '\n');
  append_constant (text, "LEARNING_RATE", s->learning_rate, s->learning_rate == floor (s->learning_rate) ? ".0" : "");
  if (s->batch_size > 0)
    append_constant (text, "BATCH_SIZE", s->batch_size, "");
  append_constant (text, "EPOCHS", s->epochs, "");
  if (s->patience > 0)
    append_constant (text, "PATIENCE", s->patience, "  # epochs without a better loss of the validation part");
  if (s->clip_norm > 0)
    append_constant (text, "CLIP_NORM", s->clip_norm, "  # the longest that the gradient may be");
  if (s->clip_value > 0)
    append_constant (text, "CLIP_VALUE", s->clip_value, "  # the largest that a number of the gradient may be");
  if (self->deep)
    append_constant (text, "ALPHA", s->deep_supervision, "  # of the loss: the mean of all steps; the rest is the last step's");
  if (_anm_code_weighs_classes (self) && !s->balanced_classes)
    {
      char buffer[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (text, "CLASS_WEIGHTS = [");
      for (guint k = 0; k < s->n_class_weights; k++)
        g_string_append_printf (text, "%s%s", k > 0 ? ", " : "", _anm_code_number (buffer, s->class_weights[k]));
      g_string_append (text, "]\n");
    }
}

/* "    warmup = ..." and what is left of the updates behind it. */
static void
append_warmup (const AnmSchedule *schedule,
               GString *text)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (schedule->warmup <= 0)
    return;
  g_string_append_printf (text,
                          "    warmup = %s * updates_per_epoch  # up to the full rate. Goyal et al. (2017)\n"
                          "    if update < math.ceil(warmup):\n"
                          "        return LEARNING_RATE * min((update + 1) / warmup, 1)\n", _anm_code_number (buffer, schedule->warmup));
  if (schedule->kind != ANM_SCHEDULE_CONSTANT)
    g_string_append (text, "    update -= math.ceil(warmup)\n");
}

/* The updates that a cosine or a cycle takes. */
static void
append_length (const AnmSchedule *schedule,
               GString *text)
{
  char one[G_ASCII_DTOSTR_BUF_SIZE];

  if (schedule->epochs > 0)
    g_string_append_printf (text, "    length = max(%s * updates_per_epoch, 1)\n", _anm_code_number (one, schedule->epochs));
  else if (schedule->warmup > 0)
    g_string_append_printf (text, "    length = max((EPOCHS - %s) * updates_per_epoch, 1)\n", _anm_code_number (one, schedule->warmup));
  else
    g_string_append (text, "    length = EPOCHS * updates_per_epoch\n");
}

static void
append_bound (const AnmSchedule *schedule,
              GString *text)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (schedule->minimum > 0)
    g_string_append_printf (text, "    return max(rate, %s)\n", _anm_code_number (buffer, schedule->minimum));
  else
    g_string_append (text, "    return rate\n");
}

static void
append_cycle (const AnmSchedule *schedule,
              GString *text)
{
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

  append_length (schedule, text);
  g_string_append_printf (text,
                          "    peak, last = %s * length - 1, length - 1\n"
                          "    low = LEARNING_RATE / %s\n", _anm_code_number (one, schedule->rise), _anm_code_number (two, schedule->start));
  g_string_append_printf (text,
                          "    if update <= peak:\n"
                          "        return ease(low, LEARNING_RATE, update / peak if peak > 0 else 1)\n"
                          "    return ease(LEARNING_RATE, low / %s, (update - peak) / (last - peak) if last > peak else 1)\n",
                          _anm_code_number (one, schedule->end));
}

void
_anm_code_append_schedule (const AnmCode *self,
                           GString *text)
{
  static const char *const told[] = {
    [ANM_SCHEDULE_CONSTANT] = "The full rate after a warm-up.",
    [ANM_SCHEDULE_STEP] = "Down by a factor at every step.",
    [ANM_SCHEDULE_EXPONENTIAL] = "Down by a factor over so many epochs, a little at every update.",
    [ANM_SCHEDULE_COSINE] = "Down along half a cosine. Loshchilov, Hutter (2017), equation 5.",
    [ANM_SCHEDULE_ONE_CYCLE] = "Up and down again in one cycle. Smith, Topin (2018).",
    [ANM_SCHEDULE_PLATEAU] = "",
  };
  const AnmSchedule *schedule = &self->hyperparameters->schedule;
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE], three[G_ASCII_DTOSTR_BUF_SIZE];

  if (schedule->kind == ANM_SCHEDULE_ONE_CYCLE)
    g_string_append (text,
                     "\n\ndef ease(start, end, share):\n"
                     "    return end + (start - end) * (1 + math.cos(math.pi * min(max(share, 0), 1))) / 2\n");
  g_string_append_printf (text, "\n\ndef learning_rate(update, updates_per_epoch):\n    \"\"\"%s\"\"\"\n", told[schedule->kind]);
  append_warmup (schedule, text);
  _anm_code_number (one, schedule->factor);
  _anm_code_number (two, schedule->every);
  _anm_code_number (three, schedule->minimum);
  switch (schedule->kind)
    {
    case ANM_SCHEDULE_STEP:
      g_string_append_printf (text, "    rate = LEARNING_RATE * %s ** math.floor(update / (%s * updates_per_epoch))\n", one, two);
      append_bound (schedule, text);
      break;
    case ANM_SCHEDULE_EXPONENTIAL:
      g_string_append_printf (text, "    rate = LEARNING_RATE * %s ** (update / (%s * updates_per_epoch))\n", one, two);
      append_bound (schedule, text);
      break;
    case ANM_SCHEDULE_COSINE:
      append_length (schedule, text);
      g_string_append (text, "    share = (1 + math.cos(math.pi * min(update / length, 1))) / 2\n");
      if (schedule->minimum > 0)
        g_string_append_printf (text, "    return %s + (LEARNING_RATE - %s) * share\n", three, three);
      else
        g_string_append (text, "    return LEARNING_RATE * share\n");
      break;
    case ANM_SCHEDULE_ONE_CYCLE:
      append_cycle (schedule, text);
      break;
    case ANM_SCHEDULE_CONSTANT:
    case ANM_SCHEDULE_PLATEAU:
    default:
      g_string_append (text, "    return LEARNING_RATE\n");
    }
}

/* Reading */

/* "of the outcome", for the width of what stands before the inputs. */
static void
append_outcomes (const AnmCode *self,
                 GString *text)
{
  const guint width = anm_sequences_get_target_width (self->target);

  if (self->target->kind == ANM_TARGET_CLASSES)
    g_string_append (text, "                outcomes[patient] = int(numbers[0])\n");
  else
    g_string_append_printf (text, "                outcomes[patient] = [float(number or \"nan\") for number in numbers[:%u]]\n", width);
  if (_anm_code_has_tokens (self))
    g_string_append_printf (text, "                words.setdefault(patient, []).append([int(word) for word in numbers[%u].split()])\n", width);
  if (_anm_code_has_numbers (self))
    g_string_append_printf (text, "                records.setdefault(patient, []).append([float(number) for number in numbers[%u:]])\n",
                            width + (_anm_code_has_tokens (self) ? 1 : 0));
}

static void
append_outcome_array (const AnmCode *self,
                      GString *text,
                      AnmCodeKind kind)
{
  if (_anm_code_is_one_hot (self))
    g_string_append_printf (text, "    y = np.eye(%u, dtype=\"float32\")[list(outcomes.values())]\n", self->target->n_outputs);
  else if (self->target->kind == ANM_TARGET_CLASSES)
    g_string_append_printf (text, "    y = np.array(list(outcomes.values())%s)\n", kind == ANM_CODE_KERAS ? ", \"int32\"" : "");
  else
    g_string_append (text, "    y = np.array(list(outcomes.values()), \"float32\")\n");
}

/* What is handed to the network: of Keras the inputs and outcomes, of PyTorch their tensors with the lengths between. */
static void
append_result (const AnmCode *self,
               GString *text,
               AnmCodeKind kind)
{
  const gboolean tokens = _anm_code_has_tokens (self), numbers = _anm_code_has_numbers (self);

  if (kind == ANM_CODE_KERAS)
    g_string_append_printf (text, "    return %s, y\n", tokens && numbers ? "[tokens, x]" : tokens ? "tokens" : "x");
  else
    g_string_append_printf (text, "    return %s%slengths, torch.as_tensor(y)\n",
                            tokens ? "torch.as_tensor(tokens), " : "", numbers ? "torch.as_tensor(x), " : "");
}

void
_anm_code_append_read (const AnmCode *self,
                       GString *text,
                       AnmCodeKind kind)
{
  const gboolean tokens = _anm_code_has_tokens (self), numbers = _anm_code_has_numbers (self);
  const gboolean keras = kind == ANM_CODE_KERAS;
  const char *of = numbers ? "records" : "words";

  g_string_append_printf (text,
                          "\n\ndef read(path, part):\n"
                          "    \"\"\"The records of one part: training, validation or test. Steps behind a record's end are %s.\"\"\"\n"
                          "    %s%s%soutcomes = %s%s{}\n"
                          "    with open(path, newline=\"\", encoding=\"utf-8\") as file:\n"
                          "        rows = csv.reader(file)\n"
                          "        next(rows)\n"
                          "        for patient, of, _, *numbers in rows:\n"
                          "            if of == part:\n",
                          keras ? "padding" : numbers ? "0" : "without tokens",
                          numbers ? "records, " : "", tokens ? "words, " : "", "", numbers ? "{}, " : "", tokens ? "{}, " : "");
  append_outcomes (self, text);
  g_string_append_printf (text,
                          "    if not %s:\n"
                          "        return None\n"
                          "    %s = [len(record) for record in %s.values()]\n", of, "lengths", of);
  if (tokens)
    {
      g_string_append_printf (text,
                              "    most = max(len(step) for record in words.values() for step in record)\n"
                              "    tokens = np.full((len(words), max(lengths), max(most, 1)), %s)\n"
                              "    for i, record in enumerate(words.values()):\n",
                              keras ? "-2, \"int32\"" : "-1");
      if (keras)
        g_string_append (text, "        tokens[i, :len(record)] = -1\n");
      g_string_append (text,
                       "        for t, step in enumerate(record):\n"
                       "            tokens[i, t, :len(step)] = step\n");
    }
  if (numbers)
    g_string_append_printf (text,
                            "    x = np.%s\n"
                            "    for i, record in enumerate(records.values()):\n"
                            "        x[i, :len(record)] = record\n",
                            keras ? "full((len(records), max(lengths), COLUMNS), PADDING, \"float32\")"
                                  : "zeros((len(records), max(lengths), COLUMNS), \"float32\")");
  append_outcome_array (self, text, kind);
  if (!keras)
    g_string_append (text, "    lengths = torch.as_tensor(lengths)\n");
  append_result (self, text, kind);
}

void
_anm_code_append_class_weights (const AnmCode *self,
                                GString *text,
                                AnmCodeKind kind)
{
  const gboolean keras = kind == ANM_CODE_KERAS, binary = self->target->kind == ANM_TARGET_BINARY;
  const char *classes = binary ? keras ? "y[:, 0].astype(int)" : "y[:, 0].long()" : _anm_code_is_one_hot (self) ? "y.argmax(1)" : "y";
  const guint n_classes = binary ? 2 : self->target->n_outputs;

  g_string_append (text, "\n\ndef weigh(y):\n");
  if (self->hyperparameters->balanced_classes && keras)
    g_string_append_printf (text,
                            "    \"\"\"What each record's loss weighs: the rarer its class, the more.\"\"\"\n"
                            "    classes = %s\n"
                            "    n = np.bincount(classes, minlength=%u)\n"
                            "    return (len(y) / (%u * np.maximum(n, 1)))[classes]\n", classes, n_classes, n_classes);
  else if (self->hyperparameters->balanced_classes)
    g_string_append_printf (text,
                            "    \"\"\"What each record's loss weighs: the rarer its class, the more.\"\"\"\n"
                            "    classes = %s\n"
                            "    n = torch.bincount(classes, minlength=%u)\n"
                            "    return (len(y) / (%u * n.clamp(min=1)))[classes]\n", classes, n_classes, n_classes);
  else
    g_string_append_printf (text,
                            "    \"\"\"What each record's loss weighs, by its class.\"\"\"\n"
                            "    return %s(CLASS_WEIGHTS)[%s]\n", keras ? "np.array" : "torch.tensor", classes);
}

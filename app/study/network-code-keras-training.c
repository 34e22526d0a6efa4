/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a program of Keras trains: optimiser, loss, what is asked between updates and epochs, and its last lines.
 */
#include "app/study/network-code-private.h"

#include <string.h>

static void
add_flag (GString *text,
          const char *name,
          gboolean flag)
{
  if (flag)
    g_string_append_printf (text, ", %s=True", name);
}

static void
write_optimizer (const AnmCode *self,
                 GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  static const char *const classes[] = { "SGD", "RMSprop", "Adam", "Adagrad", "Adadelta", "AdamW", "Nadam" };
  const gboolean adams = s->optimizer == ANM_OPTIMIZER_ADAM || s->optimizer == ANM_OPTIMIZER_ADAMW || s->optimizer == ANM_OPTIMIZER_NADAM;

  g_string_append_printf (text, "keras.optimizers.%s(LEARNING_RATE", classes[s->optimizer]);
  if (s->optimizer == ANM_OPTIMIZER_SGD || s->optimizer == ANM_OPTIMIZER_RMSPROP)
    _anm_code_add_number (text, "momentum", s->momentum, 0);
  if (s->optimizer == ANM_OPTIMIZER_SGD)
    add_flag (text, "nesterov", s->nesterov);
  if (s->optimizer == ANM_OPTIMIZER_RMSPROP || s->optimizer == ANM_OPTIMIZER_ADADELTA)
    _anm_code_add_number (text, "rho", s->rho, s->optimizer == ANM_OPTIMIZER_RMSPROP ? 0.9 : 0.95);
  if (s->optimizer == ANM_OPTIMIZER_RMSPROP)
    add_flag (text, "centered", s->centered);
  if (adams)
    {
      _anm_code_add_number (text, "beta_1", s->beta_1, 0.9);
      _anm_code_add_number (text, "beta_2", s->beta_2, 0.999);
    }
  if (s->optimizer == ANM_OPTIMIZER_ADAM || s->optimizer == ANM_OPTIMIZER_ADAMW)
    add_flag (text, "amsgrad", s->amsgrad);
  if (s->optimizer == ANM_OPTIMIZER_ADAGRAD)
    _anm_code_add_number (text, "initial_accumulator_value", s->initial_accumulator, 0.1);
  if (s->optimizer != ANM_OPTIMIZER_SGD)
    _anm_code_add_number (text, "epsilon", s->epsilon, 1e-7);
  _anm_code_add_number (text, "weight_decay", s->weight_decay, s->optimizer == ANM_OPTIMIZER_ADAMW ? 0.004 : 0);
  if (s->clip_norm > 0)
    g_string_append (text, ", global_clipnorm=CLIP_NORM");
  else if (s->clip_value > 0)
    g_string_append (text, ", clipvalue=CLIP_VALUE");
  g_string_append (text, ")");
}

/* Whether records or steps weigh unequally in the loss, which is then divided by the sum of weights. */
static gboolean
is_weighed (const AnmCode *self)
{
  return self->deep || _anm_code_weighs_classes (self);
}

static void
write_loss (const AnmCode *self,
            GString *text)
{
  const AnmLossOptions *options = &self->hyperparameters->loss_options;
  const char *logits = _anm_code_gives_logits (self) ? "from_logits=True" : "from_logits=False";
  const char *weighed = is_weighed (self) ? "reduction=\"mean_with_sample_weight\"" : "";
  const char *comma = is_weighed (self) ? ", " : "";
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

  switch (self->loss)
    {
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      if (self->target->kind == ANM_TARGET_LABELS)
        g_string_append_printf (text, "KnownLabels(%s)", weighed);
      else
        g_string_append_printf (text, "keras.losses.BinaryCrossentropy(%s%s%s)", logits, comma, weighed);
      break;
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      g_string_append_printf (text, "keras.losses.SparseCategoricalCrossentropy(%s%s%s)", logits, comma, weighed);
      break;
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
      g_string_append_printf (text, "keras.losses.MeanAbsoluteError(%s)", weighed);
      break;
    case ANM_LOSS_HUBER:
      g_string_append_printf (text, "keras.losses.Huber(delta=%s%s%s)", _anm_code_number (one, options->huber_delta), comma, weighed);
      break;
    case ANM_LOSS_LOG_COSH:
      g_string_append_printf (text, "keras.losses.LogCosh(%s)", weighed);
      break;
    case ANM_LOSS_BINARY_FOCAL:
    case ANM_LOSS_CATEGORICAL_FOCAL:
      g_string_append_printf (text, "keras.losses.%sFocalCrossentropy(%salpha=%s, gamma=%s, %s%s%s)",
                              self->loss == ANM_LOSS_BINARY_FOCAL ? "Binary" : "Categorical",
                              self->loss == ANM_LOSS_BINARY_FOCAL && options->focal_balanced ? "apply_class_balancing=True, " : "",
                              _anm_code_number (one, options->focal_alpha), _anm_code_number (two, options->focal_gamma), logits, comma, weighed);
      break;
    case ANM_LOSS_SURVIVAL:
      g_string_append_printf (text, "Survival(%s)", weighed);
      break;
    case ANM_LOSS_MEAN_SQUARED_ERROR:
    case ANM_LOSS_AUTO:
    default:
      g_string_append_printf (text, "keras.losses.MeanSquaredError(%s)", weighed);
    }
}

/* Losses that Keras hasn't. */
static void
append_loss_function (const AnmCode *self,
                      GString *text)
{
  if (self->loss == ANM_LOSS_SURVIVAL)
    g_string_append (text,
                     "\n\nclass Survival(keras.losses.Loss):\n"
                     "    \"\"\"Minus the log-likelihood of a time: survived the intervals before number y[0], and in it the event (y[1] = 1),\n"
                     "    or survived it too. Gensheimer, Narasimhan (2019), equation 3.\"\"\"\n\n"
                     "    def call(self, y, logits):\n"
                     "        intervals = ops.cast(ops.arange(logits.shape[-1]), y.dtype)\n"
                     "        seen = ops.cast(intervals <= y[..., :1], logits.dtype)\n"
                     "        event = ops.cast(intervals == y[..., :1], logits.dtype) * y[..., 1:]\n"
                     "        return ops.sum(seen * ops.softplus(logits) - event * logits, -1)\n");
  else if (self->target->kind == ANM_TARGET_LABELS && self->loss == ANM_LOSS_BINARY_CROSS_ENTROPY)
    g_string_append_printf (text,
                            "\n\nclass KnownLabels(keras.losses.Loss):\n"
                            "    \"\"\"Binary cross-entropy, the mean over the labels that are known.\"\"\"\n\n"
                            "    def call(self, y, answer):\n"
                            "        known = ops.cast(ops.logical_not(ops.isnan(y)), answer.dtype)\n"
                            "        losses = ops.binary_crossentropy(ops.nan_to_num(y), answer, from_logits=%s)\n"
                            "        return ops.sum(losses * known, -1) / ops.maximum(ops.sum(known, -1), 1)\n",
                            _anm_code_gives_logits (self) ? "True" : "False");
}

/* What is asked before every update. */
static void
append_schedule (const AnmCode *self,
                 GString *text)
{
  if (!_anm_code_has_schedule (self))
    return;
  _anm_code_append_schedule (self, text);
  g_string_append (text,
                   "\n\nclass Schedule(keras.callbacks.Callback):\n"
                   "    \"\"\"Sets the learning rate before every update.\"\"\"\n\n"
                   "    def on_train_begin(self, logs=None):\n"
                   "        self.update = 0\n\n"
                   "    def on_train_batch_begin(self, batch, logs=None):\n"
                   "        self.model.optimizer.learning_rate = learning_rate(self.update, self.params[\"steps\"])\n"
                   "        self.update += 1\n");
}

/* What is asked at the end of every epoch. */
static void
append_convergence (const AnmCode *self,
                    GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (s->convergence <= 0)
    return;
  g_string_append_printf (text,
                          "\n\nclass Convergence(keras.callbacks.Callback):\n"
                          "    \"\"\"Stops when the training loss fell by less than a share of %s in %u epochs.\"\"\"\n\n"
                          "    def on_train_begin(self, logs=None):\n"
                          "        self.losses = []\n\n"
                          "    def on_epoch_end(self, epoch, logs=None):\n"
                          "        self.losses.append(logs[\"loss\"])\n"
                          "        before = self.losses[max(-%u, -len(self.losses))]\n"
                          "        if len(self.losses) > %u and before - logs[\"loss\"] < %s * abs(before):\n"
                          "            self.model.stop_training = True\n",
                          _anm_code_number (buffer, s->convergence), s->convergence_epochs, s->convergence_epochs + 1, s->convergence_epochs, buffer);
}

static void
append_steps (const AnmCode *self,
              GString *text)
{
  const gboolean numbers = _anm_code_has_numbers (self), both = numbers && _anm_code_has_tokens (self);

  if (!self->deep)
    return;
  g_string_append_printf (text,
                          "\n\ndef at_steps(x, y, alpha):\n"
                          "    \"\"\"Inputs, the outcome at every step, and what each step weighs: alpha / n, and the last one 1 - alpha more.\n"
                          "    Lipton, Kale, Elkan, Wetzel (2016), section 3.3.\"\"\"\n"
                          "    there = (%s).any(-1)\n"
                          "    n = there.sum(1, keepdims=True)\n"
                          "    last = np.arange(there.shape[1]) == n - 1\n"
                          "    return x, np.repeat(y[:, None], there.shape[1], 1), alpha * there / n + (1 - alpha) * last\n",
                          both ? "x[1] != PADDING" : numbers ? "x != PADDING" : "x > -2");
}

static void
append_callbacks (AnmCode *self,
                  GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  const AnmSchedule *schedule = &s->schedule;
  const char *loss = s->patience > 0 || _anm_code_has_plateau (self) ? "    judged = \"val_loss\" if validation else \"loss\"\n" : "";
  g_autoptr (GString) callbacks = g_string_new (NULL);
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE], three[G_ASCII_DTOSTR_BUF_SIZE];

  if (_anm_code_has_schedule (self))
    g_string_append (callbacks, "        Schedule(),\n");
  if (_anm_code_has_plateau (self))
    g_string_append_printf (callbacks,
                            "        keras.callbacks.ReduceLROnPlateau(judged, factor=%s, patience=%.0f, min_delta=%s, cooldown=%.0f, min_lr=%s),\n",
                            _anm_code_number (one, schedule->factor), schedule->patience, _anm_code_number (two, schedule->min_delta),
                            schedule->cooldown, _anm_code_number (three, schedule->minimum));
  if (s->patience > 0)
    g_string_append (callbacks, "        keras.callbacks.EarlyStopping(judged, patience=PATIENCE, restore_best_weights=True),\n");
  if (s->convergence > 0)
    g_string_append (callbacks, "        Convergence(),\n");
  if (callbacks->len > 0)
    g_string_append_printf (text, "%s    callbacks = [\n%s    ]\n", loss, callbacks->str);
}

static void
append_train (AnmCode *self,
              GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  const gboolean weighs = _anm_code_weighs_classes (self);
  const char *weights = !self->deep && !weighs ? "" : "weights, ";
  const gsize before = text->len;

  g_string_append (text,
                   "\n\ndef train(path):\n"
                   "    x, y = read(path, \"training\")\n"
                   "    validation = read(path, \"validation\")\n");
  if (self->deep)
    g_string_append_printf (text,
                            "%s"
                            "    x, y, weights = at_steps(x, y, ALPHA)\n"
                            "%s"
                            "    if validation:  # judged by the last step\n"
                            "        validation = at_steps(*validation, 0)\n",
                            weighs ? "    of_class = weigh(y)\n" : "", weighs ? "    weights = weights * of_class[:, None]\n" : "");
  else if (weighs)
    g_string_append (text, "    weights = weigh(y)\n");
  append_callbacks (self, text);
  g_string_append_printf (text,
                          "    return model.fit(x, y, batch_size=%s, epochs=EPOCHS,\n"
                          "                     %svalidation_data=validation)\n",
                          s->batch_size > 0 ? "BATCH_SIZE" : "len(y)",
                          *weights != '\0' ? "sample_weight=weights, " : "");
  if (strstr (text->str + before, "    callbacks = [") != NULL)
    g_string_replace (text, "validation_data=validation)", "validation_data=validation, callbacks=callbacks)", 1);
}

void
_anm_code_write_keras_training (AnmCode *self,
                                GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;

  if (s->clip_norm > 0 && s->clip_value > 0)
    _anm_code_leave_out (self, "clipping of the gradient's numbers to %g: Keras clips in one way, here by the norm", s->clip_value);
  if (s->gradient_tolerance > 0)
    _anm_code_leave_out (self, "stopping when the gradient's norm is below %g: model.fit doesn't tell of it", s->gradient_tolerance);

  if (_anm_code_has_penalties (self) && (s->patience > 0 || _anm_code_has_plateau (self)))
    _anm_code_leave_out (self, "judging epochs by the loss alone: Keras' val_loss holds the penalties too");

  append_loss_function (self, text);
  if (text->len > 0)
    g_string_append (text, "\n");
  g_string_append (text, "\nmodel.compile(optimizer=");
  write_optimizer (self, text);
  g_string_append (text, ",\n              loss=");
  write_loss (self, text);
  g_string_append (text, ")\n");
  append_schedule (self, text);
  append_convergence (self, text);
  _anm_code_append_read (self, text, ANM_CODE_KERAS);
  append_steps (self, text);
  if (_anm_code_weighs_classes (self))
    _anm_code_append_class_weights (self, text, ANM_CODE_KERAS);
  append_train (self, text);
  if (!self->written_out)
    g_string_append (text,
                     "\n\ndef load(path):\n"
                     "    from safetensors.numpy import load_file\n"
                     "    tensors = load_file(path)\n"
                     "    for weight in model.weights:\n"
                     "        weight.assign(tensors[weight.path.removeprefix(model.name + \"/\")])\n");
  g_string_append (text, "\n\nif __name__ == \"__main__\":\n    model.summary()\n");
  if (!self->written_out)
    g_string_append (text, "    if len(sys.argv) > 2:\n        load(sys.argv[2])\n");
  g_string_append (text, "    if len(sys.argv) > 1:\n        train(sys.argv[1])\n");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a program of PyTorch trains: the loss of a record, the penalties, and the loop.
 */
#include "app/study/network-code-private.h"

static void
append_focal (const AnmCode *self,
              GString *text)
{
  const AnmLossOptions *options = &self->hyperparameters->loss_options;
  const gboolean logits = _anm_code_gives_logits (self);
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

  _anm_code_number (one, options->focal_alpha);
  _anm_code_number (two, options->focal_gamma);
  if (self->loss == ANM_LOSS_CATEGORICAL_FOCAL)
    {
      g_string_append_printf (text,
                              "    log_p = (y * %s).sum(-1)\n"
                              "    return -%s * (1 - log_p.exp()) ** %s * log_p\n",
                              logits ? "functional.log_softmax(answer, -1)" : "answer.log()", one, two);
      return;
    }
  g_string_append_printf (text,
                          "    surprise = functional.binary_cross_entropy%s(answer, y, reduction=\"none\")  # -ln p\n"
                          "    losses = (1 - (-surprise).exp()) ** %s * surprise\n", logits ? "_with_logits" : "", two);
  if (options->focal_balanced)
    g_string_append_printf (text, "    losses = losses * (y * %s + (1 - y) * (1 - %s))\n", one, one);
  g_string_append (text, "    return losses.mean(-1)\n");
}

static void
append_binary (const AnmCode *self,
               GString *text)
{
  const char *with_logits = _anm_code_gives_logits (self) ? "_with_logits" : "";

  if (self->target->kind == ANM_TARGET_LABELS)
    g_string_append_printf (text,
                            "    known = ~y.isnan()  # labels that aren't are left out of the mean\n"
                            "    losses = functional.binary_cross_entropy%s(answer, y.nan_to_num(), reduction=\"none\")\n"
                            "    return (losses * known).sum(-1) / known.sum(-1).clamp(min=1)\n", with_logits);
  else
    g_string_append_printf (text, "    return functional.binary_cross_entropy%s(answer, y, reduction=\"none\").mean(-1)\n", with_logits);
}

static void
append_loss (const AnmCode *self,
             GString *text)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, "\n\ndef loss_of(answer, y):\n    \"\"\"The loss of each record.");
  switch (self->loss)
    {
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      g_string_append (text, "\"\"\"\n");
      append_binary (self, text);
      break;
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      g_string_append_printf (text,
                              "\"\"\"\n"
                              "    losses = functional.%s(answer%s.flatten(0, -2), y.flatten(), reduction=\"none\")\n"
                              "    return losses.view(y.shape)\n",
                              _anm_code_gives_logits (self) ? "cross_entropy" : "nll_loss", _anm_code_gives_logits (self) ? "" : ".log()");
      break;
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
      g_string_append (text, "\"\"\"\n    return (answer - y).abs().mean(-1)\n");
      break;
    case ANM_LOSS_HUBER:
      g_string_append_printf (text, "\"\"\"\n    return functional.huber_loss(answer, y, reduction=\"none\", delta=%s).mean(-1)\n",
                              _anm_code_number (buffer, self->hyperparameters->loss_options.huber_delta));
      break;
    case ANM_LOSS_LOG_COSH:
      g_string_append (text,
                       "\"\"\"\n"
                       "    d = (answer - y).abs()\n"
                       "    return (d + torch.log1p(torch.exp(-2 * d)) - math.log(2)).mean(-1)\n");
      break;
    case ANM_LOSS_BINARY_FOCAL:
    case ANM_LOSS_CATEGORICAL_FOCAL:
      g_string_append (text, " What is answered well counts less. Lin et al. (2017), equations 4 and 5.\"\"\"\n");
      append_focal (self, text);
      break;
    case ANM_LOSS_SURVIVAL:
      g_string_append (text,
                       " Minus the log-likelihood of a time: survived the intervals before number y[0], and in\n"
                       "    it the event (y[1] = 1), or survived it too. Gensheimer, Narasimhan (2019), equation 3.\"\"\"\n"
                       "    intervals = torch.arange(answer.shape[-1])\n"
                       "    seen, event = intervals <= y[..., :1], (intervals == y[..., :1]) * y[..., 1:]\n"
                       "    return (seen * functional.softplus(answer) - event * answer).sum(-1)\n");
      break;
    case ANM_LOSS_MEAN_SQUARED_ERROR:
    case ANM_LOSS_AUTO:
    default:
      g_string_append (text, "\"\"\"\n    return ((answer - y) ** 2).mean(-1)\n");
    }
}

/* Nothing is said of kinds that cost nothing. */
static void
append_kind (GString *text,
             const char *condition,
             double l1,
             double l2)
{
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

  if (l1 == 0 && l2 == 0)
    return;
  g_string_append_printf (text, "        if %s:\n            total = total", condition);
  if (l1 > 0)
    g_string_append_printf (text, " + %s * weight.abs().sum()", _anm_code_number (one, l1));
  if (l2 > 0)
    g_string_append_printf (text, " + %s * (weight ** 2).sum()", _anm_code_number (two, l2));
  g_string_append_c (text, '\n');
}

static void
append_penalty (const AnmCode *self,
                GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;

  if (!_anm_code_has_penalties (self))
    return;
  g_string_append (text,
                   "\n\ndef penalty(net):\n"
                   "    \"\"\"What large weights cost, by their sizes (L1) or squares (L2).\"\"\"\n"
                   "    total = 0\n"
                   "    for name, weight in net.named_parameters():\n"
                   "        leaf = name.split(\".\")[-1] if weight.requires_grad else \"\"\n");
  append_kind (text, "weight.dim() > 1 and leaf.startswith((\"weight\", \"kernel\", \"mask_\", \"score_\", \"output_\", \"query\")) and \"hh\" not in leaf",
               s->kernel_l1, s->kernel_l2);
  append_kind (text, "leaf == \"recurrent_kernel\" or leaf.startswith(\"weight_hh\")", s->recurrent_l1, s->recurrent_l2);
  append_kind (text, "\"bias\" in leaf", s->bias_l1, s->bias_l2);
  g_string_append (text, "    return total\n");
}

static void
append_steps (const AnmCode *self,
              GString *text)
{
  if (self->deep)
    g_string_append (text,
                     "\n\ndef weigh_steps(lengths, n_steps):\n"
                     "    \"\"\"What each step's loss weighs: alpha / n, and the last one 1 - alpha more.\n"
                     "    Lipton, Kale, Elkan, Wetzel (2016), section 3.3.\"\"\"\n"
                     "    t, n = torch.arange(n_steps), lengths[:, None]\n"
                     "    return ALPHA * (t < n) / n + (1 - ALPHA) * (t == n - 1)\n");
}

/* "tokens[part], x[part], lengths[part]" */
static char *
list_inputs (const AnmCode *self,
             const char *of)
{
  GString *text = g_string_new (NULL);

  if (_anm_code_has_tokens (self))
    g_string_append_printf (text, "tokens%s, ", of);
  if (_anm_code_has_numbers (self))
    g_string_append_printf (text, "x%s, ", of);
  g_string_append_printf (text, "lengths%s", of);
  return g_string_free (text, FALSE);
}

/* A minibatch, up to its gradient. */
static void
append_backward (const AnmCode *self,
                 GString *text)
{
  g_autofree char *arguments = list_inputs (self, "[part]");

  g_string_append_printf (text, "            answer = net(%s)\n", arguments);
  if (self->deep)
    g_string_append_printf (text,
                            "            losses = loss_of(answer, y[part][:, None].expand(-1, answer.shape[1]%s))\n"
                            "            weighed = weigh_steps(lengths[part], answer.shape[1])%s\n"
                            "            loss = (weighed * losses).sum() / weighed.sum()\n",
                            self->target->kind == ANM_TARGET_CLASSES && !_anm_code_is_one_hot (self) ? "" : ", -1",
                            _anm_code_weighs_classes (self) ? " * weights[part][:, None]" : "");
  else if (_anm_code_weighs_classes (self))
    g_string_append (text,
                     "            losses = loss_of(answer, y[part])\n"
                     "            loss = (weights[part] * losses).sum() / weights[part].sum()\n");
  else
    g_string_append (text, "            loss = loss_of(answer, y[part]).mean()\n");
  if (_anm_code_has_penalties (self))
    g_string_append (text, "            loss = loss + penalty(net)\n");
  g_string_append (text,
                   "            optimizer.zero_grad()\n"
                   "            loss.backward()\n");
}

/* What is done with the gradient. */
static void
append_update (const AnmCode *self,
               GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  const gboolean adam = s->optimizer == ANM_OPTIMIZER_ADAM || s->optimizer == ANM_OPTIMIZER_ADAMW;
  const gboolean decays = s->weight_decay > 0 && !adam && s->optimizer != ANM_OPTIMIZER_NADAM;
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

  if (s->clip_norm > 0 || s->gradient_tolerance > 0)
    g_string_append_printf (text, "            %snn.utils.clip_grad_norm_(parameters, %s)%s\n",
                            s->gradient_tolerance > 0 ? "norm += " : "", s->clip_norm > 0 ? "CLIP_NORM" : "math.inf",
                            s->gradient_tolerance > 0 ? ".item()" : "");
  if (s->clip_value > 0)
    g_string_append (text, "            nn.utils.clip_grad_value_(parameters, CLIP_VALUE)\n");
  if (_anm_code_has_schedule (self))
    g_string_append (text, "            group[\"lr\"] = learning_rate(update, len(batches))\n");
  if (adam)
    g_string_append_printf (text, "            group[\"eps\"] = %s / math.sqrt(1 - %s ** (update + 1))  # Kingma and Ba's epsilon hat, as in Keras\n",
                            _anm_code_number (one, s->epsilon), _anm_code_number (two, s->beta_2));
  if (decays)
    g_string_append_printf (text,
                            "            for p in parameters:  # weights shrink apart from the gradient. Loshchilov, Hutter (2019)\n"
                            "                p.data.mul_(1 - group[\"lr\"] * %s)\n", _anm_code_number (one, s->weight_decay));
  g_string_append (text,
                   "            optimizer.step()\n"
                   "            total += loss.item() * len(part) / len(y)\n");
  if (adam || _anm_code_has_schedule (self))
    g_string_append (text, "            update += 1\n");
}

/* What is looked at between epochs. */
static void
append_epoch_end (const AnmCode *self,
                  GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text,
                          "        losses_of_epochs.append(total)\n"
                          "        net.eval()\n"
                          "        judged = total\n"
                          "        if validation:\n"
                          "            *inputs, wanted = validation\n"
                          "            with torch.no_grad():\n"
                          "                judged = loss_of(%s, wanted).mean().item()\n"
                          "        print(f\"epoch {epoch + 1}: loss {total:.6f}, judged by {judged:.6f}\")\n",
                          self->deep ? "last_step(net(*inputs), inputs[-1])" : "net(*inputs)");
  if (_anm_code_has_plateau (self))
    g_string_append (text, "        plateau.step(judged)\n");
  if (s->patience > 0)
    g_string_append (text,
                     "        if judged < best:\n"
                     "            best, best_epoch, weights_then = judged, epoch, copy.deepcopy(net.state_dict())\n");
  if (s->convergence > 0)
    g_string_append_printf (text,
                            "        before = losses_of_epochs[max(-%u, -len(losses_of_epochs))]\n"
                            "        if len(losses_of_epochs) > %u and before - total < %s * abs(before):\n"
                            "            break  # the loss has converged\n",
                            s->convergence_epochs + 1, s->convergence_epochs, _anm_code_number (buffer, s->convergence));
  if (s->gradient_tolerance > 0)
    g_string_append_printf (text,
                            "        if norm / len(batches) < %s:\n"
                            "            break  # the gradient has vanished\n", _anm_code_number (buffer, s->gradient_tolerance));
  if (s->patience > 0)
    g_string_append (text,
                     "        if epoch - best_epoch >= PATIENCE:\n"
                     "            break\n"
                     "    net.load_state_dict(weights_then)\n");
  g_string_append (text, "    return losses_of_epochs\n");
}

static void
append_plateau (const AnmCode *self,
                GString *text)
{
  const AnmSchedule *schedule = &self->hyperparameters->schedule;
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE], three[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text,
                          "    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(\n"
                          "        optimizer, factor=%s, patience=%.0f, threshold=%s, threshold_mode=\"abs\", cooldown=%.0f, min_lr=%s, eps=0)\n",
                          _anm_code_number (one, schedule->factor), schedule->patience - 1, _anm_code_number (two, schedule->min_delta),
                          MAX (schedule->cooldown - 1, 0), _anm_code_number (three, schedule->minimum));
}

static void
append_train (AnmCode *self,
              GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  const gboolean adam = s->optimizer == ANM_OPTIMIZER_ADAM || s->optimizer == ANM_OPTIMIZER_ADAMW;
  const gboolean counts = adam || _anm_code_has_schedule (self);
  const gboolean decays = s->weight_decay > 0 && !adam && s->optimizer != ANM_OPTIMIZER_NADAM;
  g_autofree char *inputs = list_inputs (self, "");

  g_string_append_printf (text,
                          "\n\ndef train(net, path):\n"
                          "    %s, y = read(path, \"training\")\n"
                          "    validation = read(path, \"validation\")\n", inputs);
  if (_anm_code_weighs_classes (self))
    g_string_append (text, "    weights = weigh(y)\n");
  g_string_append (text,
                   "    parameters = [p for p in net.parameters() if p.requires_grad]\n"
                   "    optimizer = ");
  _anm_code_write_pytorch_optimizer (self, text);
  if (counts || decays)
    g_string_append (text, "    group = optimizer.param_groups[0]\n");
  if (_anm_code_has_plateau (self))
    append_plateau (self, text);
  if (counts)
    g_string_append (text, "    update = 0\n");
  if (s->patience > 0)
    g_string_append (text, "    best, best_epoch, weights_then = math.inf, 0, net.state_dict()\n");
  g_string_append_printf (text,
                          "    losses_of_epochs = []\n"
                          "    for epoch in range(EPOCHS):\n"
                          "        net.train()\n"
                          "        total%s = 0%s\n"
                          "        batches = torch.randperm(len(y)).split(%s)\n"
                          "        for part in batches:\n",
                          s->gradient_tolerance > 0 ? ", norm" : "", s->gradient_tolerance > 0 ? ", 0" : "",
                          s->batch_size > 0 ? "BATCH_SIZE" : "len(y)");
  append_backward (self, text);
  append_update (self, text);
  append_epoch_end (self, text);
}

void
_anm_code_write_pytorch_training (AnmCode *self,
                                  GString *text)
{
  append_loss (self, text);
  append_penalty (self, text);
  if (_anm_code_has_schedule (self))
    _anm_code_append_schedule (self, text);
  _anm_code_append_read (self, text, ANM_CODE_PYTORCH);
  append_steps (self, text);
  if (_anm_code_weighs_classes (self))
    _anm_code_append_class_weights (self, text, ANM_CODE_PYTORCH);
  append_train (self, text);
}

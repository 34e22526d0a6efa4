/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/setting-notes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Layers */

static const struct
{
  const char *type;
  const char *formula;
} layers[] = {
  { "simple_rnn", "h_t = f(W_x x_t + W_h h_{t−1} + b)" },
  { "lstm", "i_t, f_t, o_t = σ(W x_t + U h_{t−1} + b)\ng_t = tanh(W_g x_t + U_g h_{t−1} + b_g)\nc_t = f_t · c_{t−1} + i_t · g_t\nh_t = o_t · tanh(c_t)" },
  { "gru", "z_t, r_t = σ(W x_t + U h_{t−1} + b)\nh̃_t = tanh(W_h x_t + r_t · (U_h h_{t−1} + b′_h) + b_h)\nh_t = (1 − z_t) · h_{t−1} + z_t · h̃_t" },
  { "gru_d", "x̂_t = m_t x_t + (1 − m_t)(γ_x x′_t + (1 − γ_x) x̄)\nγ = exp(−max(0, w δ_t + b))\nh_t = (1 − z_t) · γ_h h_{t−1} + z_t · h̃_t" },
  { "dense", "y = f(W x + b)" },
  { "embedding", "e_t = Σ_k E_k,   y_t = [e_t, x_t]" },
  { "layer_norm", "y = γ · (x − mean(x)) / √(var(x) + ε) + β" },
  { "conv1d", "y_k = f(b + Σ_j W_j x_{k s + j d})" },
  { "pooling", "y = x_n,   1/n Σ_t x_t   or   max_t x_t" },
  { "dropout", "y = m · x,   m = 0 with probability p, else 1 / (1 − p)" },
  { "attention", "α = softmax(e),   c = Σ_t α_t v_t\nadditive: e_t = v · tanh(W x_t + b)\ndot: e_t = q · k_t / √d\nself: e_{st} = q_s · k_t / √d" },
};

static const struct
{
  const char *type;     /* NULL: of every layer that has it */
  const char *argument;
  const char *formula;
} arguments[] = {
  { "dense", "units", "y ∈ ℝ^n" },
  { "embedding", "units", "E_k ∈ ℝ^n" },
  { "attention", "units", "d = n / heads" },
  { NULL, "units", "h_t ∈ ℝ^n" },
  { NULL, "activation", "tanh(a),   σ(a) = 1 / (1 + e^{−a}),   max(0, a),   a" },
  { NULL, "return_sequences", "h_1, h_2, …, h_T   or   h_T alone" },
  { NULL, "forget_bias", "f_t = σ(… + b_f),   b_f before training" },
  { NULL, "reset_after", "r_t · (U h_{t−1} + b′)   or   U (r_t · h_{t−1})" },
  { NULL, "initializer", "W ∈ ℝ^{n × 4u} at once,   or W_i, W_f, W_g, W_o ∈ ℝ^{n × u}" },
  { NULL, "kernel_initializer", "glorot: w ~ U(−l, l),   l = √(6 / (n_{in} + n_{out}))\nhe: l = √(6 / n_{in})" },
  { NULL, "recurrent_initializer", "orthogonal: U^T U = I" },
  { NULL, "recurrent_gain", "U = gain · U_0" },
  { NULL, "bidirectional", "h_t = [→h_t, ←h_t],   →h_t + ←h_t   or their mean" },
  { NULL, "dropout", "W (m · x_t),   m_j = 0 with probability p, else 1 / (1 − p)" },
  { NULL, "recurrent_dropout", "U (m · h_{t−1})" },
  { NULL, "layer_norm", "f(LN(W x_t + U h_{t−1}) + b),   LN(a) = s · (a − mean(a)) / √(var(a) + ε)" },
  { NULL, "frozen", "∂L/∂θ is taken, θ stays" },
  { NULL, "kernel", "j = 0, …, K − 1" },
  { NULL, "filters", "y_k ∈ ℝ^n" },
  { NULL, "strides", "T′ = ⌈T / s⌉" },
  { NULL, "dilation", "span = (K − 1) d + 1" },
  { NULL, "padding", "same: x_{k−p} … x_{k+p},   causal: … x_k" },
  { NULL, "rate", "m = 0 with probability p, else 1 / (1 − p)" },
  { NULL, "noise", "m_{t,i}   or   m_i for all t" },
  { NULL, "epsilon", "√(var(x) + ε)" },
  { NULL, "heads", "c = [c^1, …, c^H]" },
  { NULL, "causal", "α_{st} = 0 for t > s" },
  { NULL, "combine", "Σ_k E_k   or   1/|S| Σ_k E_k" },
  { NULL, "tokens", "E ∈ ℝ^{tokens × units}" },
};

const char *
anm_layer_formula (const AnmLayerClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    if (g_str_equal (layers[i].type, anm_layer_class_get_type (klass)))
      return layers[i].formula;
  return NULL;
}

const char *
anm_argument_formula (const AnmLayerClass *klass,
                      const AnmArgument *argument)
{
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    if (g_str_equal (arguments[i].argument, argument->name) &&
        (arguments[i].type == NULL || g_str_equal (arguments[i].type, anm_layer_class_get_type (klass))))
      return arguments[i].formula;
  return NULL;
}

/* Hyperparameters */

static const AnmSettingNote notes[] = {
  { "loss", ANM_SETTING_LOSS, N_("Loss"), N_("What is made small; left open, it suits the target: cross-entropy for classes, squared error for numbers."),
    NULL, NULL, 0, 0, FALSE },
  { "huber_delta", ANM_SETTING_LOSS, N_("Huber’s delta"), N_("Errors up to this are squared, larger ones count by their size only."),
    "½ e^2 for |e| ≤ δ,   else δ (|e| − ½ δ)", NULL, 1e-6, 1e6, FALSE },
  { "focal_gamma", ANM_SETTING_LOSS, N_("Focal loss, gamma"), N_("How much less a patient counts whose answer is right already."),
    "−(1 − p)^γ log p", NULL, 0, 20, FALSE },
  { "focal_alpha", ANM_SETTING_LOSS, N_("Focal loss, alpha"), N_("The weight of a yes, where classes are balanced; that of a no is the rest to 1."),
    "−α (1 − p)^γ log p", NULL, 0.001, 0.999, FALSE },
  { "focal_balanced", ANM_SETTING_LOSS, N_("Focal loss, balance"), N_("Use alpha for a yes and 1 − alpha for a no."), NULL, NULL, 0, 1, FALSE },
  { "balanced_classes", ANM_SETTING_LOSS, N_("Rare classes count more"), N_("Weighs each class by how rare it is in the training part."),
    "w_k = n / (K n_k)", NULL, 0, 1, FALSE },
  { "class_weights", ANM_SETTING_LOSS, N_("Weights of classes"), N_("How much each class counts, in their order, with commas between them; empty: all the same."),
    "L = Σ_i w_i L_i / Σ_i w_i,   w_i of its class", NULL, 0, 0, FALSE },
  { "deep_supervision", ANM_SETTING_LOSS, N_("Loss of every step"), N_("The share of the loss that all steps have together; the rest is the last step’s."),
    "L = α mean_t L_t + (1 − α) L_T", N_("off"), 0, 1, FALSE },

  { "kernel_l2", ANM_SETTING_PENALTIES, N_("L2, input weights"), N_("Pulls weights towards 0, large ones most."), "L + λ Σ W^2", N_("off"), 0, 100, FALSE },
  { "kernel_l1", ANM_SETTING_PENALTIES, N_("L1, input weights"), N_("Pulls weights towards 0, all alike, so that many become nearly 0."), "L + λ Σ |W|", N_("off"), 0, 100, FALSE },
  { "recurrent_l2", ANM_SETTING_PENALTIES, N_("L2, recurrent weights"), N_("The same of the weights from step to step: a weaker memory."), "L + λ Σ U^2", N_("off"), 0, 100, FALSE },
  { "recurrent_l1", ANM_SETTING_PENALTIES, N_("L1, recurrent weights"), N_("The same by size alone."), "L + λ Σ |U|", N_("off"), 0, 100, FALSE },
  { "bias_l2", ANM_SETTING_PENALTIES, N_("L2, biases"), N_("The same of the biases, which are seldom held back."), "L + λ Σ b^2", N_("off"), 0, 100, FALSE },
  { "bias_l1", ANM_SETTING_PENALTIES, N_("L1, biases"), N_("The same by size alone."), "L + λ Σ |b|", N_("off"), 0, 100, FALSE },
  { "weight_decay", ANM_SETTING_PENALTIES, N_("Weight decay"), N_("Share of the weights, times the learning rate, that each update takes off."),
    "θ ← θ − η λ θ", N_("off"), 0, 1, FALSE },

  { "learning_rate", ANM_SETTING_OPTIMIZER, N_("Learning rate"), N_("Length of a step along the gradient."), "θ ← θ − η ∂L/∂θ", NULL, 1e-12, 1000, TRUE },
  { "schedule", ANM_SETTING_OPTIMIZER, N_("Schedule"), N_("What becomes of the learning rate in the course of a run."), NULL, NULL, 0, 0, TRUE },
  { "optimizer", ANM_SETTING_OPTIMIZER, N_("Optimiser"), N_("How an update is made of the gradient."), NULL, NULL, 0, 0, FALSE },
  { "momentum", ANM_SETTING_OPTIMIZER, N_("Momentum"), N_("Share of the last step that the next one goes on with."), "v ← μ v − η g,   θ ← θ + v", N_("off"), 0, 0.9999, FALSE },
  { "nesterov", ANM_SETTING_OPTIMIZER, N_("Nesterov"), N_("Takes the gradient where the momentum is about to lead."), "θ ← θ + μ v − η g", NULL, 0, 1, FALSE },
  { "rho", ANM_SETTING_OPTIMIZER, N_("ρ, memory of squares"), N_("How slowly the running mean of squared gradients forgets."), "s ← ρ s + (1 − ρ) g^2", NULL, 0, 0.9999, FALSE },
  { "centered", ANM_SETTING_OPTIMIZER, N_("Centred"), N_("Divides by the variance of the gradients in place of their mean square."), "θ ← θ − η g / √(s − m^2 + ε)", NULL, 0, 1, FALSE },
  { "beta_1", ANM_SETTING_OPTIMIZER, N_("β₁, memory of gradients"), N_("How slowly the running mean of gradients forgets."), "m ← β_1 m + (1 − β_1) g", NULL, 0, 0.9999, FALSE },
  { "beta_2", ANM_SETTING_OPTIMIZER, N_("β₂, memory of squares"), N_("How slowly the running mean of squared gradients forgets."), "s ← β_2 s + (1 − β_2) g^2", NULL, 0, 0.99999, FALSE },
  { "amsgrad", ANM_SETTING_OPTIMIZER, N_("AMSGrad"), N_("Divides by the largest mean square so far, so that steps never grow again."), "ŝ ← max(ŝ, s)", NULL, 0, 1, FALSE },
  { "epsilon", ANM_SETTING_OPTIMIZER, N_("ε, against division by 0"), N_("Added to the root of the mean square before dividing by it."), "η m / (√s + ε)", NULL, 1e-16, 1, FALSE },
  { "initial_accumulator", ANM_SETTING_OPTIMIZER, N_("Initial sum of squares"), N_("What the sum of squared gradients begins at: the larger, the smaller the first steps."), "s_0", NULL, 0, 1000, FALSE },

  { "clip_norm", ANM_SETTING_GRADIENT, N_("Clip gradient norm"), N_("Longer gradients are shortened to this length, in the same direction."),
    "g ← g · min(1, c / ‖g‖)", N_("off"), 0, 1e6, TRUE },
  { "clip_value", ANM_SETTING_GRADIENT, N_("Clip each gradient"), N_("No component of the gradient may be larger."), "g_i ← max(−c, min(c, g_i))", N_("off"), 0, 1e6, TRUE },
  { "truncation_k1", ANM_SETTING_GRADIENT, N_("Look back every"), N_("Truncated back-propagation through time: after so many steps errors are sent back …"), "every k_1 steps", N_("off"), 0, 1e6, FALSE },
  { "truncation_k2", ANM_SETTING_GRADIENT, N_("Look back over"), N_("… over so many steps, and no farther: what lies before isn’t learnt from."), "∂h_t / ∂h_{t−k} = 0 for k > k_2", N_("off"), 0, 1e6, FALSE },

  { "epochs", ANM_SETTING_END, N_("Epochs"), N_("How often all patients of the training part are gone through."), NULL, NULL, 1, 100000, FALSE },
  { "patience", ANM_SETTING_END, N_("Stop early after"), N_("Stops after so many epochs without a better validation loss."), NULL, N_("never"), 0, 100000, FALSE },
  { "convergence", ANM_SETTING_END, N_("Stop when converged"), N_("Stops when the training loss fell by less than this share of itself …"), "1 − L_e / L_{e−n} < c", N_("never"), 0, 1, FALSE },
  { "convergence_epochs", ANM_SETTING_END, N_("Converged within"), N_("… within so many epochs."), "n", NULL, 1, 1000, FALSE },
  { "gradient_tolerance", ANM_SETTING_END, N_("Stop when flat"), N_("Stops when an epoch’s mean gradient norm is below this."), "mean ‖g‖ < tolerance", N_("never"), 0, 1e6, FALSE },

  { "batch_size", ANM_SETTING_RUN, N_("Batch size"), N_("Patients an update: 1 is stochastic descent, all the full gradient."), "g = 1/B Σ_i ∂L_i/∂θ", NULL, 0, 1e9, FALSE },
  { "seed", ANM_SETTING_RUN, N_("Seed"), N_("Draws the initial weights and the order of the batches."), NULL, NULL, 0, G_MAXUINT32, FALSE },
  { "split", ANM_SETTING_RUN, N_("Split"), N_("Which share of the patients is trained on, watched over (validation) and kept for the end (test)."), NULL, NULL, 0, 0, FALSE },
};

const AnmSettingNote *
anm_setting_notes (guint *n_notes)
{
  *n_notes = G_N_ELEMENTS (notes);
  return notes;
}

const AnmSettingNote *
anm_setting_note_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    if (g_str_equal (notes[i].name, name))
      return &notes[i];
  return NULL;
}

const char *
anm_setting_group_label (AnmSettingGroup group)
{
  static const char *const labels[] = {
    N_("Loss"), N_("Penalties on weights"), N_("Optimiser"), N_("Gradient"), N_("When training ends"), N_("Run"),
  };

  g_return_val_if_fail ((guint) group < ANM_N_SETTING_GROUPS, NULL);

  return _(labels[group]);
}

const char *
anm_optimizer_formula (AnmOptimizerKind optimizer)
{
  switch (optimizer)
    {
    case ANM_OPTIMIZER_SGD:
      return "v ← μ v − η g,   θ ← θ + v";
    case ANM_OPTIMIZER_RMSPROP:
      return "s ← ρ s + (1 − ρ) g^2\nθ ← θ − η g / √(s + ε)";
    case ANM_OPTIMIZER_ADAGRAD:
      return "s ← s + g^2\nθ ← θ − η g / √(s + ε)";
    case ANM_OPTIMIZER_ADADELTA:
      return "s ← ρ s + (1 − ρ) g^2\nΔ = g √(d + ε) / √(s + ε)\nθ ← θ − η Δ,   d ← ρ d + (1 − ρ) Δ^2";
    case ANM_OPTIMIZER_ADAMW:
      return "m ← β_1 m + (1 − β_1) g,   s ← β_2 s + (1 − β_2) g^2\nθ ← θ − η λ θ − η m̂ / (√ŝ + ε)";
    case ANM_OPTIMIZER_NADAM:
      return "m ← β_1 m + (1 − β_1) g,   s ← β_2 s + (1 − β_2) g^2\nθ ← θ − η (β_1 m̂ + (1 − β_1) ĝ) / (√ŝ + ε)";
    case ANM_OPTIMIZER_ADAM:
    case ANM_N_OPTIMIZERS:
    default:
      return "m ← β_1 m + (1 − β_1) g,   s ← β_2 s + (1 − β_2) g^2\nθ ← θ − η m̂ / (√ŝ + ε)";
    }
}

const char *
anm_optimizer_summary (AnmOptimizerKind optimizer)
{
  switch (optimizer)
    {
    case ANM_OPTIMIZER_SGD:
      return N_("Steps straight down the gradient, with momentum if there is any.");
    case ANM_OPTIMIZER_RMSPROP:
      return N_("Divides each step by the root of the latest squared gradients.");
    case ANM_OPTIMIZER_ADAGRAD:
      return N_("Divides by the root of all squared gradients so far: steps only ever become smaller.");
    case ANM_OPTIMIZER_ADADELTA:
      return N_("Takes the length of a step from the steps before.");
    case ANM_OPTIMIZER_ADAMW:
      return N_("Adam, with weights that decay apart from the gradient.");
    case ANM_OPTIMIZER_NADAM:
      return N_("Adam, looking ahead along its momentum.");
    case ANM_OPTIMIZER_ADAM:
    case ANM_N_OPTIMIZERS:
    default:
      return N_("Running means of the gradient and of its square: each weight has a step of its own.");
    }
}

const char *
anm_loss_formula (AnmLossKind loss)
{
  switch (loss)
    {
    case ANM_LOSS_MEAN_SQUARED_ERROR:
      return "mean (y − ŷ)^2";
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      return "−y log p − (1 − y) log(1 − p)";
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      return "−log p_y";
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
      return "mean |y − ŷ|";
    case ANM_LOSS_HUBER:
      return "½ e^2 for |e| ≤ δ,   else δ (|e| − ½ δ)";
    case ANM_LOSS_LOG_COSH:
      return "mean log cosh(y − ŷ)";
    case ANM_LOSS_BINARY_FOCAL:
    case ANM_LOSS_CATEGORICAL_FOCAL:
      return "−α (1 − p)^γ log p";
    case ANM_LOSS_SURVIVAL:
      return "−Σ_{s < t} log(1 − λ_s) − d log λ_t";
    case ANM_LOSS_AUTO:
    default:
      return NULL;
    }
}

const char *
anm_loss_label (AnmLossKind loss)
{
  switch (loss)
    {
    case ANM_LOSS_MEAN_SQUARED_ERROR:
      return _("Mean squared error");
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      return _("Binary cross-entropy");
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      return _("Categorical cross-entropy");
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
      return _("Mean absolute error");
    case ANM_LOSS_HUBER:
      return _("Huber’s loss");
    case ANM_LOSS_LOG_COSH:
      return _("Log cosh");
    case ANM_LOSS_BINARY_FOCAL:
      return _("Binary focal loss");
    case ANM_LOSS_CATEGORICAL_FOCAL:
      return _("Categorical focal loss");
    case ANM_LOSS_SURVIVAL:
      return _("Survival times");
    case ANM_LOSS_AUTO:
    default:
      return _("Chosen by the target");
    }
}

const char *
anm_schedule_formula (AnmScheduleKind kind)
{
  switch (kind)
    {
    case ANM_SCHEDULE_STEP:
      return "η · factor^{⌊e / every⌋}";
    case ANM_SCHEDULE_EXPONENTIAL:
      return "η · factor^{e / every}";
    case ANM_SCHEDULE_COSINE:
      return "η_{min} + (η − η_{min}) (1 + cos(π e / E)) / 2";
    case ANM_SCHEDULE_ONE_CYCLE:
      return "η / start → η → η / (start · end)";
    case ANM_SCHEDULE_PLATEAU:
      return "η ← η · factor after so many epochs without a gain";
    case ANM_SCHEDULE_CONSTANT:
    default:
      return "η";
    }
}

const char *
anm_schedule_label (AnmScheduleKind kind)
{
  switch (kind)
    {
    case ANM_SCHEDULE_STEP:
      return C_("schedule", "Step");
    case ANM_SCHEDULE_EXPONENTIAL:
      return C_("schedule", "Exponential");
    case ANM_SCHEDULE_COSINE:
      return C_("schedule", "Cosine");
    case ANM_SCHEDULE_ONE_CYCLE:
      return C_("schedule", "One cycle");
    case ANM_SCHEDULE_PLATEAU:
      return C_("schedule", "Plateau");
    case ANM_SCHEDULE_CONSTANT:
    default:
      return C_("schedule", "Constant");
    }
}

const char *
anm_schedule_summary (AnmScheduleKind kind)
{
  switch (kind)
    {
    case ANM_SCHEDULE_STEP:
      return _("The learning rate falls by a factor every so many epochs.");
    case ANM_SCHEDULE_EXPONENTIAL:
      return _("It falls a little at every update, by a factor within so many epochs.");
    case ANM_SCHEDULE_COSINE:
      return _("It falls along half a cosine to its least.");
    case ANM_SCHEDULE_ONE_CYCLE:
      return _("It rises from little to the learning rate, then falls to almost nothing.");
    case ANM_SCHEDULE_PLATEAU:
      return _("It falls by a factor when the validation loss has not gained for so many epochs.");
    case ANM_SCHEDULE_CONSTANT:
    default:
      return _("The learning rate stays as it is.");
    }
}

/* Formulas */

#define SCRIPT_LOWERED "<span size='70%' rise='-3000'>"
#define SCRIPT_RAISED "<span size='70%' rise='5000'>"

/* Of @text up to the end of what "_" or "^" takes: a group in braces, or one sign with the marks upon it. */
static const char *
find_script_end (const char *text)
{
  const char *end;

  if (*text == '{')
    {
      end = strchr (text, '}');
      return end != NULL ? end : text + strlen (text);
    }
  end = g_utf8_next_char (text);
  while (g_unichar_combining_class (g_utf8_get_char (end)) != 0)
    end = g_utf8_next_char (end);
  return end;
}

/* Single letters are variables and italic; words ("tanh", "softmax") and signs aren't. */
static void
append_letters (GString *markup,
                const char *begin,
                const char *end)
{
  while (begin < end)
    {
      const char *word = begin;
      glong n_letters = 0;

      while (word < end && (g_unichar_isalpha (g_utf8_get_char (word)) || g_unichar_combining_class (g_utf8_get_char (word)) != 0))
        {
          n_letters += g_unichar_isalpha (g_utf8_get_char (word));
          word = g_utf8_next_char (word);
        }
      if (n_letters == 0)
        word = g_utf8_next_char (begin);
      g_autofree char *escaped = g_markup_escape_text (begin, word - begin);

      if (n_letters == 1)
        g_string_append_printf (markup, "<i>%s</i>", escaped);
      else
        g_string_append (markup, escaped);
      begin = word;
    }
}

char *
anm_formula_to_markup (const char *formula)
{
  GString *markup = g_string_new (NULL);
  const char *plain = formula;

  g_return_val_if_fail (formula != NULL, NULL);

  for (const char *c = formula; *c != '\0'; c = g_utf8_next_char (c))
    if ((*c == '_' || *c == '^') && c[1] != '\0')
      {
        const char *begin = c + 1;
        const char *end = find_script_end (begin);
        const gboolean grouped = *begin == '{';

        append_letters (markup, plain, c);
        g_string_append (markup, *c == '_' ? SCRIPT_LOWERED : SCRIPT_RAISED);
        append_letters (markup, grouped ? begin + 1 : begin, end);
        g_string_append (markup, "</span>");
        plain = grouped && *end == '}' ? end + 1 : end;
        if (*plain == '\0')
          break;
        c = g_utf8_prev_char (plain);
      }
  append_letters (markup, plain, plain + strlen (plain));
  return g_string_free (markup, FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Optimisers of a program of PyTorch. Those of Keras, which are this program's, put epsilon elsewhere; what follows
 * from that is put right here, not left out.
 */
#include "app/study/network-code-private.h"

static void
append_moments (const AnmHyperparameters *s,
                GString *text)
{
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

  if (s->beta_1 != 0.9 || s->beta_2 != 0.999)
    g_string_append_printf (text, ", betas=(%s, %s)", _anm_code_number (one, s->beta_1), _anm_code_number (two, s->beta_2));
}

/* Adam's epsilon is divided by the bias correction in PyTorch and not here, which the loop makes up for. */
static void
append_adam (const AnmHyperparameters *s,
             GString *text)
{
  g_string_append_printf (text, "torch.optim.%s(parameters, lr=LEARNING_RATE", s->weight_decay > 0 || s->optimizer == ANM_OPTIMIZER_ADAMW ? "AdamW" : "Adam");
  append_moments (s, text);
  if (s->weight_decay > 0 || s->optimizer == ANM_OPTIMIZER_ADAMW)
    {
      char buffer[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (text, ", weight_decay=%s", _anm_code_number (buffer, s->weight_decay));
    }
  if (s->amsgrad)
    g_string_append (text, ", amsgrad=True");
}

static void
append_nadam (const AnmHyperparameters *s,
              GString *text)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, "torch.optim.NAdam(parameters, lr=LEARNING_RATE");
  append_moments (s, text);
  g_string_append_printf (text, ", eps=%s, momentum_decay=1", _anm_code_number (buffer, s->epsilon));
  if (s->weight_decay > 0)
    g_string_append_printf (text, ", weight_decay=%s, decoupled_weight_decay=True", _anm_code_number (buffer, s->weight_decay));
}

static void
append_rmsprop (AnmCode *self,
                GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;

  _anm_code_help (self, _anm_code_pytorch_helpers, _anm_code_n_pytorch_helpers, "RMSprop");
  g_string_append (text, "RMSprop(parameters, lr=LEARNING_RATE");
  _anm_code_add_number (text, "rho", s->rho, 0.9);
  _anm_code_add_number (text, "momentum", s->momentum, 0);
  _anm_code_add_number (text, "eps", s->epsilon, 1e-7);
  if (s->centered)
    g_string_append (text, ", centered=True");
}

void
_anm_code_write_pytorch_optimizer (AnmCode *self,
                                   GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

  switch (s->optimizer)
    {
    case ANM_OPTIMIZER_RMSPROP:
      append_rmsprop (self, text);
      break;
    case ANM_OPTIMIZER_ADAM:
    case ANM_OPTIMIZER_ADAMW:
      append_adam (s, text);
      break;
    case ANM_OPTIMIZER_NADAM:
      append_nadam (s, text);
      break;
    case ANM_OPTIMIZER_ADAGRAD:
      /* Under the root, where PyTorch has its epsilon behind. */
      g_string_append_printf (text, "torch.optim.Adagrad(parameters, lr=LEARNING_RATE, initial_accumulator_value=%s + %s, eps=0",
                              _anm_code_number (one, s->initial_accumulator), _anm_code_number (two, s->epsilon));
      break;
    case ANM_OPTIMIZER_ADADELTA:
      g_string_append_printf (text, "torch.optim.Adadelta(parameters, lr=LEARNING_RATE, rho=%s, eps=%s",
                              _anm_code_number (one, s->rho), _anm_code_number (two, s->epsilon));
      break;
    case ANM_OPTIMIZER_SGD:
    case ANM_N_OPTIMIZERS:
    default:
      g_string_append (text, "torch.optim.SGD(parameters, lr=LEARNING_RATE");
      _anm_code_add_number (text, "momentum", s->momentum, 0);
      g_string_append (text, s->nesterov && s->momentum > 0 ? ", nesterov=True" : "");
      if (s->momentum > 0 && s->schedule.kind != ANM_SCHEDULE_CONSTANT)
        _anm_code_leave_out (self, "momentum that keeps the learning rate of the day: PyTorch's velocity is multiplied by today's");
    }
  g_string_append (text, ")\n");
}

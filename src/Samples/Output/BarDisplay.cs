using MLNet.Sequence.Training;
using Spectre.Console;

namespace MLNet.Sequence.Samples.Output;

/// <summary>A bar with the loss and the time left.</summary>
internal sealed class BarDisplay(IAnsiConsole console) : TrainingDisplay
{
    public override T Show<T>(string model, Func<IProgress<TrainingProgress>, T> train) => console.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn())
        .Start(context =>
        {
            ProgressTask bar = context.AddTask(Markup.Escape(model));
            double? validation = null;
            T result = train(new Listener(progress =>
            {
                validation = progress.Finished?.ValidationLoss ?? validation;
                bar.MaxValue = (double)progress.Epochs * progress.Batches;
                bar.Value = (double)(progress.Epoch - 1) * progress.Batches + progress.Batch;
                bar.Description = Markup.Escape($"{model} {Describe(progress, validation)} {Print(progress.TimeLeft)} left");
            }));
            // Early stopping leaves the bar short of its end.
            bar.Value = bar.MaxValue;
            return result;
        });
}

using System.Diagnostics;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// Trains the architectures of a comparison, each in all rounds. After a quarter of the epochs, those that are beaten in every round stop
/// (<see cref="RaceRule"/>); the others continue where they paused. It depends on losses alone, never on time.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="trainings">Trains the models.</param>
/// <param name="options">The options of the comparison.</param>
internal sealed class ComparedRace(ComparedTask task, ComparedTrainings trainings, CompareOptions options)
{
    private readonly RaceRule _rule = new(options.Margin, options.TrainOn);
    private readonly Dictionary<(Entrant Entrant, int Round), TrainingPause> _paused = [];

    /// <summary>
    /// Trains all. With a time limit, rounds start one after the other, as long as the previous rounds show that one more ends in time. All
    /// architectures then have the same seeds.
    /// </summary>
    /// <param name="entrants">The architectures.</param>
    /// <param name="before">The time that was spent before.</param>
    /// <returns>The number of rounds.</returns>
    public int Run(Entrant[] entrants, TimeSpan before)
    {
        if (!options.StopBeaten || entrants.Length == 1 || RaceRule.Decides(task.Training) is not { } epochs)
            return Train(entrants, options.Rounds, null, (before, 1));
        long start = Stopwatch.GetTimestamp();
        int rounds = Train(entrants, options.Rounds, epochs, (before, (double)task.Training.UsedEpochs / epochs));
        Stop(entrants, epochs);
        rounds = Train([.. entrants.Where(entrant => entrant.Stopped is null)], rounds, null, (before + Stopwatch.GetElapsedTime(start), 1));
        // Without the time for all rounds: the same rounds for all.
        foreach (Entrant entrant in entrants)
            entrant.Models.RemoveRange(rounds, entrant.Models.Count - rounds);
        return rounds;
    }

    /// <summary>Trains stopped architectures to their end.</summary>
    public void Finish(Entrant[] stopped)
    {
        foreach (Entrant entrant in stopped)
            entrant.Stopped = null;
        Train(stopped, stopped[0].Models.Count, null, (TimeSpan.Zero, 0));
    }

    // Trains to the end, or until a number of epochs is done; the previous models are replaced.
    private int Train(Entrant[] entrants, int rounds, int? epochs, (TimeSpan Spent, double Whole) time)
    {
        long start = Stopwatch.GetTimestamp();
        Func<int, bool>? begins = options.MaxTime is { } most
            ? round => time.Spent + Stopwatch.GetElapsedTime(start) * ((round + 1.0) / round) * time.Whole <= most
            : null;
        (int Round, Entrant Entrant)[] asked = [.. from round in Enumerable.Range(0, rounds) from entrant in entrants select (round, entrant)];
        SequenceModel[] models = trainings.Run(asked.Select(one => Training(one.Entrant, one.Round, epochs)), begins);
        foreach (Entrant entrant in entrants)
            entrant.Models.Clear();
        foreach ((SequenceModel model, (_, Entrant entrant)) in models.Zip(asked))
            entrant.Models.Add(model);
        return models.Length / entrants.Length;
    }

    private ComparedTraining Training(Entrant entrant, int round, int? epochs)
    {
        byte[]? from = _paused.Remove((entrant, round), out TrainingPause? before) ? before.State : round == 0 ? entrant.Begun : null;
        var pause = new TrainingPause { After = epochs, From = from };
        if (epochs is not null)
            _paused.Add((entrant, round), pause);
        return new ComparedTraining(entrant.Task ?? task, entrant.Architecture, entrant.Name, round)
        {
            Cost = entrant.Cost,
            LearningRate = entrant.LearningRate,
            Pause = pause,
        };
    }

    private void Stop(Entrant[] entrants, int epochs)
    {
        double[] best = [.. Enumerable.Range(0, entrants[0].Models.Count)
            .Select(round => entrants.Min(entrant => Entrant.BestValidation(entrant.Models[round])))];
        string leader = entrants.MinBy(entrant => entrant.Validation)!.Name;
        foreach (Entrant entrant in entrants)
        {
            double[][] curves = [.. entrant.Models.Select(model => model.Report.Epochs.Select(epoch => epoch.ValidationLoss!.Value).ToArray())];
            // A training that ended by itself before the pause has nothing left to stop.
            bool paused = Enumerable.Range(0, curves.Length).All(round => _paused[(entrant, round)].IsPaused);
            if (paused && curves.Zip(best).All(round => _rule.IsBeaten(round.First, round.Second)))
            {
                entrant.Stopped = new StoppedModel(entrant.Name, leader, epochs, task.Training.UsedEpochs,
                    curves.Zip(best, (curve, least) => Behind(curve.Min(), least)).Average(),
                    curves.Zip(best, (curve, least) => Behind(_rule.Reachable(curve), least)).Min());
            }
        }
    }

    // Also of losses below 0.
    private static double Behind(double loss, double best) => (loss - best) / Math.Abs(best);
}

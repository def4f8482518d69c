using System.Runtime.CompilerServices;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Stability;

/// <summary>What is proved about the memory of a model.</summary>
public static class ModelCertificate
{
    // A model is immutable, and so is what is proved of it.
    private static readonly ConditionalWeakTable<SequenceModel, MemoryCertificate> Known = [];

    extension(SequenceModel model)
    {
        /// <summary>What is proved about the model's memory. Computed when it is first asked for.</summary>
        public MemoryCertificate Certificate
        {
            get
            {
                ArgumentNullException.ThrowIfNull(model);
                return Known.GetValue(model, fitted => new MemoryCertificate(fitted));
            }
        }

        /// <summary>
        /// Whether the certificate holds of what the model says of these inputs: something is proved, and no input lies outside the
        /// range that the proof assumes (<see cref="MemoryCertificate.AssumesInputRange"/>), is missing from a forecaster's context, or is
        /// missing and interpolated (<see cref="MemoryCertificate.AssumesNoMissingValues"/>).
        /// </summary>
        /// <param name="inputs">What <see cref="Forecaster.Forecast"/> or <see cref="Predictor.Predict(SequenceModel, ReadOnlySpan{float})"/> takes.</param>
        /// <param name="series">The series' key, for a forecaster's scaling; null: the scaling of all.</param>
        /// <exception cref="ArgumentException">The inputs are none that the model takes.</exception>
        public bool CertificateHolds(ReadOnlySpan<float> inputs, string? series = null)
        {
            ArgumentNullException.ThrowIfNull(model);
            float[] seen = model.Task is Forecasting ? Forecaster.Prepare(model, inputs, series) : Predictor.Prepare(model, inputs);
            bool filled = model.Certificate.AssumesNoMissingValues && inputs.IndexOf(float.NaN) >= 0;
            return model.Certificate.IsCertified && !filled && model.CertificateCovers(seen);
        }

        /// <summary>Whether these inputs, as the network sees them, are within the range that the certificate assumes, if any.</summary>
        // The range first: most inputs are inside, and the certificate takes its time when it is first asked for.
        internal bool CertificateCovers(ReadOnlySpan<float> seen) =>
            model.InputRange is not { } range || range.Covers(seen) || !model.Certificate.AssumesInputRange;
    }
}

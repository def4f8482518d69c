using System.Runtime.CompilerServices;
using MLNet.Sequence.Model;

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
    }
}
